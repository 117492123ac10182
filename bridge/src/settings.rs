//! Which bridges a country has: one file, read by whoever runs them.

mod name;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

pub use name::{BridgeName, NoBridgeName};

use crate::cad_trust::{self, CadTrustSettings, Version};
use crate::frame::{Bridge, Clock, Fault, Feed, OtherSide, SqliteStore, Store, StoreError};
use crate::itmo_platform::{self, Platform, PlatformSettings};
use crate::mrv::calls::CallsMapping;
use crate::mrv::{Dts, DtsSettings, DtsSide, OlderMrv, OlderMrvSettings, OlderMrvSide};

/// The largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Why the settings can not be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file can not be read, or says what is no setting.
    #[error("{0}")]
    File(String),
    /// The bridge is not in the file.
    #[error("the settings have no [{0}]")]
    Absent(BridgeName),
    /// Nothing is known of the bridge.
    #[error("this bridge has not run yet: `plan` says what it would do")]
    NeverRan,
    /// The other side does not answer, or does not take the bridge.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The bridge's own file.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    #[serde(default = "yes")]
    witnessed: bool,
    #[serde(default)]
    cad_trust: Option<CadTrust>,
    #[serde(default)]
    mrv: Option<Mrv>,
    #[serde(default)]
    mrv_calls: Option<MrvCalls>,
    #[serde(default)]
    itmo_platform: Option<ItmoPlatform>,
}

const fn yes() -> bool {
    true
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CadTrust {
    url: String,
    #[serde(default)]
    version: Version,
    #[serde(default)]
    api_key_file: Option<PathBuf>,
    mapping: PathBuf,
    #[serde(default = "yes")]
    writes: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mrv {
    url: String,
    username: String,
    password_file: PathBuf,
    /// The name under which forms give ids of activities.
    name: String,
    #[serde(default)]
    writes: bool,
}

/// An older national MRV that calls the registry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MrvCalls {
    /// The name under which forms give ids of its projects.
    name: String,
    #[serde(default)]
    mapping: Option<PathBuf>,
    #[serde(default)]
    push: Option<MrvPush>,
}

/// The calls that the registry makes to it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MrvPush {
    url: String,
    api_key_file: PathBuf,
    #[serde(default)]
    writes: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ItmoPlatform {
    url: String,
    email: String,
    api_key_file: PathBuf,
    password_file: PathBuf,
    name: String,
    #[serde(default)]
    mapping: Option<PathBuf>,
}

/// The bridges of a country. Files that it names lie beside it, and so do the bridges' own.
#[derive(Clone, Debug)]
pub struct Settings {
    folder: PathBuf,
    written: Written,
}

impl Settings {
    /// Reads the file.
    ///
    /// # Errors
    /// [`SettingsError::File`] with the place.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = text_of(path)?;
        let written = toml::from_str(&text).map_err(|error| {
            SettingsError::File(format!(
                "{}: {}",
                path.display(),
                error.to_string().trim_end()
            ))
        })?;
        let folder = path.parent().unwrap_or_else(|| Path::new("")).to_owned();
        Ok(Self { folder, written })
    }

    /// Whether only leaves that a quorum of witnesses has cosigned are told to others. Yes, unless the country says otherwise.
    #[must_use]
    pub const fn witnessed(&self) -> bool {
        self.written.witnessed
    }

    /// The bridges that the file describes.
    #[must_use]
    pub fn bridges(&self) -> Vec<BridgeName> {
        let has = |name: &BridgeName| match name {
            BridgeName::CadTrust => self.written.cad_trust.is_some(),
            BridgeName::Mrv => self.written.mrv.is_some() || self.mrv_push().is_some(),
            BridgeName::ItmoPlatform => self.written.itmo_platform.is_some(),
        };
        BridgeName::ALL.into_iter().filter(has).collect()
    }

    /// Whether a bridge sends anything, or only reads and compares.
    #[must_use]
    pub fn writes(&self, bridge: BridgeName) -> bool {
        match bridge {
            BridgeName::CadTrust => self.written.cad_trust.as_ref().is_some_and(|it| it.writes),
            BridgeName::Mrv => {
                self.written.mrv.as_ref().is_some_and(|it| it.writes)
                    || self.mrv_push().is_some_and(|it| it.writes)
            }
            BridgeName::ItmoPlatform => false,
        }
    }

    /// Under which name forms give the ids of a system, where they do.
    #[must_use]
    pub fn name_in_forms(&self, bridge: BridgeName) -> Option<&str> {
        match bridge {
            BridgeName::CadTrust => None,
            BridgeName::Mrv => {
                let known = self.written.mrv.as_ref().map(|it| it.name.as_str());
                let calling = self.written.mrv_calls.as_ref();
                known.or_else(|| calling.map(|it| it.name.as_str()))
            }
            BridgeName::ItmoPlatform => {
                let known = self.written.itmo_platform.as_ref();
                known.map(|it| it.name.as_str())
            }
        }
    }

    fn mrv_push(&self) -> Option<&MrvPush> {
        self.written.mrv_calls.as_ref()?.push.as_ref()
    }

    /// Whether the MRV is one that can be read: a Digital Transparency System, and not an older one.
    #[must_use]
    pub const fn reads_mrv(&self) -> bool {
        self.written.mrv.is_some()
    }

    /// The key of what a bridge keeps in the MRV about the thing there of this id.
    #[must_use]
    pub fn mrv_key(&self, id: &str) -> String {
        let kind = if self.reads_mrv() {
            "activity"
        } else {
            "programme"
        };
        format!("{kind}/{id}")
    }

    /// Reads every file that the settings name, so that a mistake in one is known before anything runs. Nobody is asked anything.
    ///
    /// # Errors
    /// [`SettingsError::File`] with the first mistake.
    pub fn check(&self) -> Result<(), SettingsError> {
        drop(self.mrv_calls()?);
        for bridge in self.bridges() {
            match bridge {
                BridgeName::CadTrust => drop(self.cad_trust_settings()?),
                BridgeName::Mrv if self.reads_mrv() => drop(self.dts()?),
                BridgeName::Mrv => drop(self.older_mrv(0)?),
                BridgeName::ItmoPlatform => drop(self.itmo_platform()?),
            }
        }
        Ok(())
    }

    /// The file of a memory.
    #[must_use]
    pub fn file_of(&self, memory: &str) -> PathBuf {
        self.folder.join(format!("bridge-{memory}.db"))
    }

    /// The name of the memory of a bridge that has run: of the newest model that it has spoken.
    #[must_use]
    pub fn known_memory(&self, bridge: BridgeName) -> Option<String> {
        let models = ["-v2", "-v1", "-calls", ""].map(|model| format!("{bridge}{model}"));
        models.into_iter().find(|it| self.file_of(it).exists())
    }

    /// The memory of a bridge that has run, without asking its other side.
    ///
    /// # Errors
    /// [`SettingsError::Store`], also while another process has it; [`SettingsError::NeverRan`].
    pub async fn store(&self, bridge: BridgeName) -> Result<Arc<dyn Store>, SettingsError> {
        let memory = self.known_memory(bridge).ok_or(SettingsError::NeverRan)?;
        self.memory(&memory).await
    }

    /// Opens a memory, or makes it.
    ///
    /// # Errors
    /// [`SettingsError::Store`], also while another process has it.
    pub async fn memory(&self, memory: &str) -> Result<Arc<dyn Store>, SettingsError> {
        let store = SqliteStore::open(&self.file_of(memory)).await?;
        Ok(Arc::new(store))
    }

    /// The system at the other end of a bridge that sends.
    ///
    /// # Errors
    /// [`SettingsError::Fault`] when it has to be asked what it is and does not answer; [`SettingsError::Absent`] for a system that
    /// is only read.
    pub async fn side(
        &self,
        bridge: BridgeName,
        now_ms: u64,
    ) -> Result<Arc<dyn OtherSide>, SettingsError> {
        match bridge {
            BridgeName::CadTrust => Ok(cad_trust::discover(&self.cad_trust_settings()?).await?),
            BridgeName::Mrv if !self.reads_mrv() => Ok(Arc::new(self.older_mrv(now_ms)?)),
            BridgeName::Mrv => {
                let (dts, name) = self.dts()?;
                Ok(Arc::new(DtsSide::new(dts, name, now_ms)))
            }
            BridgeName::ItmoPlatform => Err(SettingsError::Absent(bridge)),
        }
    }

    async fn bridge(
        &self,
        name: BridgeName,
        feed: Arc<dyn Feed>,
        clock: Arc<dyn Clock>,
    ) -> Result<Bridge, SettingsError> {
        let side = self.side(name, clock.now_ms()).await?;
        let store = self.memory(side.memory()).await?;
        let bridge = Bridge::new(feed, store, side, clock);
        Ok(bridge.sending(self.writes(name)))
    }

    /// The bridge to CAD Trust.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub async fn cad_trust(
        &self,
        feed: Arc<dyn Feed>,
        clock: Arc<dyn Clock>,
    ) -> Result<Bridge, SettingsError> {
        self.bridge(BridgeName::CadTrust, feed, clock).await
    }

    fn cad_trust_settings(&self) -> Result<CadTrustSettings, SettingsError> {
        let known = self.written.cad_trust.as_ref();
        let known = known.ok_or(SettingsError::Absent(BridgeName::CadTrust))?;
        let mapping = self.text(&known.mapping)?;
        let mapping = cad_trust::Mapping::parse(&mapping).map_err(|error| {
            SettingsError::File(format!("{}: {error}", known.mapping.display()))
        })?;
        let api_key = known
            .api_key_file
            .as_ref()
            .map(|it| self.secret(it))
            .transpose()?;
        Ok(CadTrustSettings {
            url: known.url.clone(),
            api_key,
            version: known.version,
            mapping,
            writes: known.writes,
        })
    }

    /// The national MRV, and the name under which forms give ids of its activities.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn dts(&self) -> Result<(Arc<Dts>, String), SettingsError> {
        let known = self.written.mrv.as_ref();
        let known = known.ok_or(SettingsError::Absent(BridgeName::Mrv))?;
        let dts = Dts::new(DtsSettings {
            url: known.url.clone(),
            username: known.username.clone(),
            password: self.secret(&known.password_file)?,
        })?;
        Ok((Arc::new(dts), known.name.clone()))
    }

    /// The older MRV to which the registry makes its calls.
    fn older_mrv(&self, now_ms: u64) -> Result<OlderMrvSide, SettingsError> {
        let absent = || SettingsError::Absent(BridgeName::Mrv);
        let push = self.mrv_push().ok_or_else(absent)?;
        let (mapping, name) = self.mrv_calls()?.ok_or_else(absent)?;
        let mrv = OlderMrv::new(&OlderMrvSettings {
            url: push.url.clone(),
            api_key: self.secret(&push.api_key_file)?,
        })?;
        let side = OlderMrvSide::new(mrv, name, mapping, now_ms);
        Ok(side)
    }

    /// The bridge to the national MRV. It writes only where the country says `writes = true`.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub async fn mrv(
        &self,
        feed: Arc<dyn Feed>,
        clock: Arc<dyn Clock>,
    ) -> Result<Bridge, SettingsError> {
        self.bridge(BridgeName::Mrv, feed, clock).await
    }

    /// The UNDP ITMO platform with its table of words, and its name in forms.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn itmo_platform(
        &self,
    ) -> Result<(Platform, itmo_platform::Mapping, String), SettingsError> {
        let known = self.written.itmo_platform.as_ref();
        let known = known.ok_or(SettingsError::Absent(BridgeName::ItmoPlatform))?;
        let words = match &known.mapping {
            Some(path) => self.text(path)?,
            None => String::new(),
        };
        let mapping = itmo_platform::Mapping::parse(&words)
            .map_err(|error| SettingsError::File(error.to_string()))?;
        let platform = Platform::new(PlatformSettings {
            url: known.url.clone(),
            api_key: self.secret(&known.api_key_file)?,
            email: known.email.clone(),
            password: self.secret(&known.password_file)?,
        })?;
        Ok((platform, mapping, known.name.clone()))
    }

    /// Whether the calls of an older national MRV are taken.
    #[must_use]
    pub const fn takes_mrv_calls(&self) -> bool {
        self.written.mrv_calls.is_some()
    }

    /// The table of words of an older national MRV that calls the registry, and its name in forms; `None` where no calls are taken.
    ///
    /// # Errors
    /// [`SettingsError::File`] with the place.
    pub fn mrv_calls(&self) -> Result<Option<(CallsMapping, String)>, SettingsError> {
        let Some(known) = self.written.mrv_calls.as_ref() else {
            return Ok(None);
        };
        let words = match &known.mapping {
            Some(path) => self.text(path)?,
            None => String::new(),
        };
        let mapping = CallsMapping::parse(&words)
            .map_err(|error| SettingsError::File(format!("[mrv-calls]: {error}")))?;
        let pulled = self.written.mrv.as_ref();
        if pulled.is_some() && known.push.is_some() {
            let why =
                "[mrv] and [mrv-calls.push] are two ways to one MRV: keep the one that it speaks";
            return Err(SettingsError::File(why.to_owned()));
        }
        if let Some(other) = pulled.filter(|it| it.name != known.name) {
            let why = format!(
                "[mrv] is {:?} in forms and [mrv-calls] {:?}: it is one MRV, so give it one name",
                other.name, known.name
            );
            return Err(SettingsError::File(why));
        }
        Ok(Some((mapping, known.name.clone())))
    }

    fn text(&self, path: &Path) -> Result<String, SettingsError> {
        text_of(&self.folder.join(path))
    }

    /// A secret out of a file that only its owner may read.
    fn secret(&self, path: &Path) -> Result<String, SettingsError> {
        let path = self.folder.join(path);
        let fault = |why: &str| SettingsError::File(format!("{}: {why}", path.display()));
        let known = fs::metadata(&path).map_err(|error| fault(&error.to_string()))?;
        if known.permissions().mode() & 0o077 != 0 {
            return Err(fault("is open to others; chmod 600 it"));
        }
        Ok(text_of(&path)?.trim().to_owned())
    }
}

fn text_of(path: &Path) -> Result<String, SettingsError> {
    let fault = |why: String| SettingsError::File(format!("{}: {why}", path.display()));
    let size = fs::metadata(path)
        .map_err(|error| fault(error.to_string()))?
        .len();
    if size > FILE_BYTES_MAX {
        return Err(fault(format!("is larger than {FILE_BYTES_MAX} bytes")));
    }
    fs::read_to_string(path).map_err(|error| fault(error.to_string()))
}
