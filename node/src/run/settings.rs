//! From the configuration to what parts of the node are made with.

use countersign_protocol::article6::aef::Switches;

use super::{DataFolder, RunError};
use crate::letters::Letterhead;
use crate::mail::{MailError, MailSettings, Sink, Smtp, SmtpTls};
use crate::ops::config::{Config, MailPassword, MailTls};
use crate::ops::files::{self, FileFault, Privacy};
use crate::ops::keys::PassphraseSource;
use crate::web::{LOGO_BYTES_MAX, Logo, Look};
use crate::webhooks::WebhookSettings;

/// The largest file of switches.
const SWITCHES_BYTES_MAX: u64 = 16 * 1024;

/// Where mail goes: to the configured server, or into a folder.
pub(super) fn mail(folder: &DataFolder, config: &Config) -> Result<MailSettings, RunError> {
    let settings = MailSettings {
        texts: Some(folder.mail_texts()),
        url: config.http.base_url(),
        ..MailSettings::to_folder(folder.mail_queue(), folder.mail(), config.name.as_str())
    };
    let Some(mail) = &config.mail else {
        return Ok(settings);
    };
    let login = mail.login.as_ref().map(|(user, password)| {
        let source = match password {
            MailPassword::File(path) => Ok(PassphraseSource::File(folder.path().join(path))),
            MailPassword::Credential(name) => PassphraseSource::credential(name.as_str()),
        };
        let password = source.and_then(|source| source.read());
        password.map(|password| (user.to_string(), password))
    });
    let smtp = Smtp {
        server: mail.server.to_string(),
        port: mail.port,
        tls: match mail.tls {
            MailTls::StartTls => SmtpTls::StartTls,
            MailTls::Implicit => SmtpTls::Implicit,
            MailTls::None => SmtpTls::None,
        },
        ca_file: mail.ca_file.as_ref().map(|path| folder.path().join(path)),
        login: login.transpose().map_err(MailError::Password)?,
    };
    Ok(MailSettings {
        sink: Sink::Smtp(Box::new(smtp)),
        sender: mail.sender.clone(),
        ..settings
    })
}

/// Where webhooks may go, and where they are kept.
pub(super) fn webhooks(folder: &DataFolder, config: &Config) -> WebhookSettings {
    WebhookSettings {
        folder: folder.private(),
        allow_private: config.webhooks.allow_private,
    }
}

/// What stands on the country's letters.
pub(super) fn letterhead(config: &Config) -> Letterhead {
    let letters = config.letters.clone();
    Letterhead {
        country: letters.country,
        ministry: letters.ministry,
        address: letters.address,
        place: letters.place,
        public_url: config.http.base_url(),
    }
}

/// What the country sets about its pages.
pub(super) fn look(folder: &DataFolder, config: &Config) -> Result<Look, RunError> {
    let site = config.site.clone();
    let logo = site.logo.map(|path| {
        let bytes = files::read(&folder.path().join(path), LOGO_BYTES_MAX, Privacy::Public)?;
        Logo::read(bytes.to_vec()).ok_or_else(|| RunError::Value {
            field: "site.logo",
            why: "this is no PNG, and no SVG without scripts".to_owned(),
        })
    });
    Ok(Look {
        title: site.title,
        authority: site.authority,
        welcome: site.welcome,
        contact: site.contact,
        colour: site.colour,
        logo: logo.transpose()?,
        public_url: Some(config.http.base_url()),
    })
}

/// What the country chose where the sources of the agreed electronic format disagree; the defaults without a file.
pub(super) fn switches(folder: &DataFolder) -> Result<Switches, RunError> {
    let path = folder.aef();
    let bytes = match files::read(&path, SWITCHES_BYTES_MAX, Privacy::Public) {
        Err(FileFault::Missing(_)) => return Ok(Switches::default()),
        other => other?,
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| RunError::NotText { path })?;
    toml::from_str(text).map_err(|error| RunError::Value {
        field: "aef.toml",
        why: error.to_string().trim_end().to_owned(),
    })
}
