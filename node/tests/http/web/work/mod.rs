//! Workspaces: signing in, forms that only their own session sends, and people's whole work by pages alone.

mod account;
mod article6;
mod bridges;
mod cases;
mod decision;
mod forms;
mod monitoring;
mod notifications;
mod oversight;
mod pages;
mod passkeys;
mod process;
mod refusals;
mod reports;
mod sign_in;
mod units;
mod users;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, Response, StatusCode};

use super::{BROWSER, attribute, is_sound};
use crate::office::Somebody;
use crate::world::World;

/// The cookie of a registry that people reach over TLS, as these tests' is.
pub const COOKIE: &str = "__Host-session";

/// Somebody before a browser.
pub struct Desk<'a> {
    pub world: &'a World,
    pub secret: Option<String>,
    client: reqwest::Client,
}

/// Requests that carry a form.
pub trait Form {
    fn form<A: AsRef<str>, B: AsRef<str>>(self, fields: &[(A, B)]) -> RequestBuilder;
}

impl Form for RequestBuilder {
    fn form<A: AsRef<str>, B: AsRef<str>>(self, fields: &[(A, B)]) -> RequestBuilder {
        let pairs = fields.iter();
        let pairs = pairs
            .map(|(name, value)| format!("{}={}", encoded(name.as_ref()), encoded(value.as_ref())));
        self.header("Content-Type", "application/x-www-form-urlencoded")
            .body(pairs.collect::<Vec<_>>().join("&"))
    }
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// An answer, read.
pub struct Read {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Read {
    pub async fn of(answer: Response) -> Self {
        Self {
            status: answer.status(),
            headers: answer.headers().clone(),
            text: answer.text().await.unwrap(),
        }
    }

    /// Where the answer leads.
    pub fn place(&self) -> String {
        let place = self
            .headers
            .get("location")
            .map(|it| it.to_str().unwrap().to_owned());
        place.unwrap_or_else(|| panic!("{} leads nowhere: {}", self.status, self.text))
    }

    /// The secret that the answer hands out.
    pub fn secret(&self) -> Option<String> {
        let line = self.headers.get("set-cookie")?.to_str().unwrap();
        let value = line.split_once('=').unwrap().1.split(';').next().unwrap();
        Some(value.to_owned()).filter(|it| !it.is_empty())
    }
}

impl<'a> Desk<'a> {
    /// Nobody yet.
    pub fn new(world: &'a World) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            world,
            secret: None,
            client: client.build().unwrap(),
        }
    }

    /// Somebody with a session.
    pub fn of(world: &'a World, who: &Somebody) -> Self {
        let mut desk = Self::new(world);
        desk.secret = Some(who.token.clone());
        desk
    }

    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.world.base);
        let request = self.client.request(method, url).header("Accept", BROWSER);
        match &self.secret {
            Some(secret) => {
                let mut value = HeaderValue::from_str(&format!("{COOKIE}={secret}")).unwrap();
                value.set_sensitive(true);
                request.header("Cookie", value)
            }
            None => request,
        }
    }

    pub async fn any(&self, path: &str) -> Read {
        Read::of(self.ask(Method::GET, path).send().await.unwrap()).await
    }

    /// A page that must be there.
    pub async fn page(&self, path: &str) -> String {
        let read = self.any(path).await;
        assert_eq!(
            read.status,
            StatusCode::OK,
            "{path}: {:?} {}",
            read.headers.get("location"),
            read.text
        );
        is_sound(path, &read.text);
        read.text
    }

    /// A form as a browser sends it, without what a page gives along.
    pub async fn bare(&self, path: &str, fields: &[(&str, &str)]) -> Read {
        Read::of(
            self.ask(Method::POST, path)
                .form(fields)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    /// A form from a page: with the hidden fields that its page has, and what is typed.
    pub async fn send(&self, from: &str, path: &str, fields: &[(&str, &str)]) -> Read {
        let page = self.page(from).await;
        let mut all = hidden(&page, path);
        assert!(!all.is_empty(), "{from} has no form for {path}");
        all.retain(|(name, _)| !fields.iter().any(|(typed, _)| typed == name));
        let typed = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        all.extend(typed);
        Read::of(
            self.ask(Method::POST, path)
                .form(&all)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    /// A file from a page.
    pub async fn upload(
        &self,
        from: &str,
        path: &str,
        fields: &[(&str, &str)],
        file: (&str, &[u8]),
    ) -> Read {
        let page = self.page(from).await;
        let mut all = hidden(&page, path);
        all.retain(|(name, _)| !fields.iter().any(|(typed, _)| typed == name));
        let typed = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        all.extend(typed);
        let mut body = Vec::new();
        for (name, value) in all {
            body.extend(
                format!(
                    "--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .into_bytes(),
            );
        }
        let (name, bytes) = file;
        let head = format!(
            "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(bytes);
        body.extend(b"\r\n--xyz--\r\n");
        let request = self
            .ask(Method::POST, path)
            .header("Content-Type", "multipart/form-data; boundary=xyz")
            .body(body);
        Read::of(request.send().await.unwrap()).await
    }
}

/// The hidden fields of the form that a page sends to a path.
pub fn hidden(page: &str, path: &str) -> Vec<(String, String)> {
    let wanted = format!(" action=\"{path}\"");
    let mut fields = Vec::new();
    for form in page.split("<form").skip(1) {
        let form = form.split("</form>").next().unwrap();
        if !form.split('>').next().unwrap().contains(&wanted) {
            continue;
        }
        for input in form.split("<input").skip(1) {
            let input = format!(" {}", input.split('>').next().unwrap());
            if attribute(&input, "type").first() == Some(&"hidden") {
                let value = attribute(&input, "value").first().map_or("", |it| *it);
                fields.push((attribute(&input, "name")[0].to_owned(), value.to_owned()));
            }
        }
        break;
    }
    fields
}
