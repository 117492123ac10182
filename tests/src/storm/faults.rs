//! What goes wrong, when, and when it is mended.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Random;
use crate::devnet::{Failure, Passage, Weather};

/// Between two faults, at least and at most, milliseconds.
const PAUSE_MS: (u64, u64) = (300, 2_000);

/// How long a fault lasts, at least and at most, milliseconds.
const LASTS_MS: (u64, u64) = (300, 8_000);

/// A node that does not start is looked at again after so long.
const LOOKED_AT_AGAIN: Duration = Duration::from_secs(2);

/// Which clock a node starts by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    Right,
    DayAhead,
    DayBehind,
}

impl Clock {
    /// libfaketime in the process; its monotonic clock stays, as it does on a machine whose date is wrong.
    pub(super) fn environment(self) -> Vec<(&'static str, &'static str)> {
        let off = match self {
            Self::Right => return Vec::new(),
            Self::DayAhead => "+1d",
            Self::DayBehind => "-1d",
        };
        let Some(library) = library() else {
            return Vec::new();
        };
        vec![
            ("LD_PRELOAD", library),
            ("FAKETIME", off),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("FAKETIME_NO_CACHE", "0"),
        ]
    }
}

/// Debian's libfaketime, where it is installed.
pub(super) fn library() -> Option<&'static str> {
    let places = [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    ];
    places.into_iter().find(|place| Path::new(place).exists())
}

/// One thing that goes wrong, or is mended.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    Weather(usize, Weather),
    KillCountry(usize),
    StartCountry(usize, Clock),
    PauseCountry(usize),
    ResumeCountry(usize),
    KillWitness(usize),
    StartWitness(usize),
    PauseWitness(usize),
    ResumeWitness(usize),
    FillDisk(usize),
    FreeDisk(usize),
}

/// The faults of one storm.
pub(super) struct Faults {
    random: Random,
    countries: usize,
    witnesses: usize,
    next: Instant,
    waiting: Vec<(Instant, Fault)>,
    small_disk: bool,
    counted: BTreeMap<&'static str, u32>,
}

impl Faults {
    pub(super) fn new(seed: u64, countries: usize, witnesses: usize, small_disk: bool) -> Self {
        Self {
            random: Random::from(seed),
            countries,
            witnesses,
            next: Instant::now(),
            waiting: Vec::new(),
            small_disk,
            counted: BTreeMap::new(),
        }
    }

    pub(super) fn counted(&self) -> BTreeMap<&'static str, u32> {
        self.counted.clone()
    }

    pub(super) fn later(&mut self, fault: Fault) {
        self.waiting.push((Instant::now() + LOOKED_AT_AGAIN, fault));
    }

    /// What happens now.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Fault> {
        let mut due: Vec<Fault> = Vec::new();
        self.waiting.retain(|(at, fault)| {
            if *at <= now {
                due.push(*fault);
            }
            *at > now
        });
        if now >= self.next {
            let pause = self.between(PAUSE_MS);
            self.next = now + pause;
            let (name, fault, mending) = self.draw();
            let lasts = self.between(LASTS_MS);
            *self.counted.entry(name).or_default() += 1;
            due.push(fault);
            self.waiting.push((now + lasts, mending));
        }
        due
    }

    fn between(&mut self, (least, most): (u64, u64)) -> Duration {
        Duration::from_millis(least + self.random.below(most - least))
    }

    fn draw(&mut self) -> (&'static str, Fault, Fault) {
        let country = self.random.place(self.countries);
        let witness = self.random.place(self.witnesses);
        let way = self.random.place(self.countries * (self.countries - 1) / 2);
        let calm = Fault::Weather(way, Weather::default());
        let weather = |passage, delay, lost_of_1000| {
            let delay = Duration::from_millis(delay);
            Fault::Weather(
                way,
                Weather {
                    delay,
                    lost_of_1000,
                    passage,
                },
            )
        };
        let right = Fault::StartCountry(country, Clock::Right);
        match self.random.below(20) {
            0..=4 => {
                let delay = self.random.below(400);
                let lost = u32::try_from(self.random.below(100)).unwrap_or(0);
                ("delay and loss", weather(Passage::Open, delay, lost), calm)
            }
            5 | 6 => ("a way falls silent", weather(Passage::Silent, 0, 0), calm),
            7 | 8 => ("a way is broken", weather(Passage::Broken, 0, 0), calm),
            9..=11 => ("kill -9 of a country", Fault::KillCountry(country), right),
            12 | 13 => (
                "SIGSTOP of a country",
                Fault::PauseCountry(country),
                Fault::ResumeCountry(country),
            ),
            14 => (
                "kill -9 of a witness",
                Fault::KillWitness(witness),
                Fault::StartWitness(witness),
            ),
            15 => (
                "SIGSTOP of a witness",
                Fault::PauseWitness(witness),
                Fault::ResumeWitness(witness),
            ),
            16 | 17 if library().is_some() => {
                let clock = if self.random.below(2) == 0 {
                    Clock::DayAhead
                } else {
                    Clock::DayBehind
                };
                (
                    "a clock a day off",
                    Fault::KillCountry(country),
                    Fault::StartCountry(country, clock),
                )
            }
            18 | 19 if self.small_disk => (
                "a full disk",
                Fault::FillDisk(DISK_OF),
                Fault::FreeDisk(DISK_OF),
            ),
            _ => ("kill -9 of a country", Fault::KillCountry(country), right),
        }
    }
}

/// The country whose data lie on a small disk of their own, where one could be mounted: [`super::FILLS_UP`].
pub(super) const DISK_OF: usize = 2;

/// The disk of a country's data.
pub(super) struct Disk {
    ballast: PathBuf,
}

impl Disk {
    pub(super) fn under(data: &Path) -> Self {
        Self {
            ballast: data.join("ballast"),
        }
    }

    /// Takes all the room that is left.
    pub(super) fn fill(&self) -> Result<(), Failure> {
        let mut file = std::fs::File::create(&self.ballast)?;
        let zeros = vec![0; 64 * 1024];
        while file.write_all(&zeros).is_ok() {}
        Ok(())
    }

    /// Gives it back.
    pub(super) fn free(&self) -> Result<(), Failure> {
        match std::fs::remove_file(&self.ballast) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}
