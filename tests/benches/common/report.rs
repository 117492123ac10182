//! Medians of interleaved rounds.

/// The figures of one measurement, one for each round.
#[derive(Default, Clone)]
pub struct Series(Vec<f64>);

impl Series {
    pub fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        match sorted.len() {
            0 => f64::NAN,
            n if n % 2 == 1 => sorted[n / 2],
            n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
        }
    }

    pub fn last(&self) -> f64 {
        self.0.last().copied().unwrap_or(f64::NAN)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn spread(&self) -> String {
        let least = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.0.iter().copied().fold(0.0, f64::max);
        format!("{least:.0} to {most:.0}, {} rounds", self.0.len())
    }
}

/// One line of figures.
pub fn line(name: &str, unit: &str, series: &Series) {
    if !series.is_empty() {
        println!(
            "{name:<58} {:>9.0} {unit} ({})",
            series.median(),
            series.spread()
        );
    }
}

/// A ratio with the bar that it is held against.
pub fn ratio(name: &str, ours: &Series, theirs: &Series, bar: f64) {
    if !ours.is_empty() && !theirs.is_empty() {
        verdict(name, ours.median() / theirs.median(), bar);
    }
}

/// A figure and whether it reaches the bar.
pub fn verdict(name: &str, figure: f64, bar: f64) {
    let word = if figure >= bar { "reached" } else { "MISSED" };
    println!("{name:<58} {figure:>9.2} (bar {bar}: {word})");
}
