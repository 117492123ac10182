//! Forms with files (RFC 7578), read piece by piece: no more than one piece of a file is ever in memory.

use axum::body::{BodyDataStream, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use futures::{Stream, StreamExt};

use crate::http::problem::{ApiError, Kind};

/// The longest head of a part, in bytes.
const HEAD_BYTES_MAX: usize = 8 * 1024;

/// The longest line between parts (RFC 2046 section 5.1.1).
const BOUNDARY_BYTES_MAX: usize = 70;

/// The most parts of one form.
const PARTS_MAX: usize = 5000;

/// What stands over a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: String,
    /// The name of a file as the browser gives it.
    pub(super) file_name: Option<String>,
    pub(super) content_type: String,
}

/// A form on its way in.
pub(super) struct Multipart {
    body: BodyDataStream,
    /// A line end, two hyphens and the boundary: what ends a part.
    ending: Vec<u8>,
    buffer: Vec<u8>,
    is_over: bool,
    parts: usize,
}

fn broken(why: &str) -> ApiError {
    ApiError::new(
        Kind::Malformed,
        format!("the form did not come in whole: {why}; send it again"),
    )
}

fn boundary(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (kind, rest) = text.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let named = rest.split(';').filter_map(|it| it.trim().split_once('='));
    let value = named.filter(|(name, _)| name.eq_ignore_ascii_case("boundary"));
    let value = value.map(|(_, value)| value.trim_matches('"')).next()?;
    Some(value).filter(|it| (1..=BOUNDARY_BYTES_MAX).contains(&it.len()))
}

impl Multipart {
    /// Whether a request is such a form.
    pub(super) fn is_one(headers: &HeaderMap) -> bool {
        boundary(headers).is_some()
    }

    /// Begins to read one.
    ///
    /// # Errors
    /// [`Kind::UnsupportedMediaType`] when the request is no such form.
    pub(super) fn new(request: Request) -> Result<Self, ApiError> {
        let ending = boundary(request.headers()).map(|it| format!("\r\n--{it}").into_bytes());
        let no_form = || {
            let detail = "a file is sent as multipart/form-data";
            ApiError::new(Kind::UnsupportedMediaType, detail)
        };
        Ok(Self {
            ending: ending.ok_or_else(no_form)?,
            body: request.into_body().into_data_stream(),
            // The first boundary has no line before it.
            buffer: b"\r\n".to_vec(),
            is_over: false,
            parts: 0,
        })
    }

    /// The next part, past whatever was not read of the one before; `None` at the end of the form.
    pub(super) async fn next(&mut self) -> Result<Option<Part>, ApiError> {
        while !self.is_over && self.piece().await?.is_some() {}
        if self.is_over {
            return Ok(None);
        }
        self.parts += 1;
        if self.parts > PARTS_MAX {
            return Err(ApiError::new(Kind::TooLarge, "the form has too many parts"));
        }
        self.fill(self.ending.len() + 2).await?;
        let after = self.ending.len();
        if self.buffer.get(after..after + 2) == Some(b"--") {
            self.is_over = true;
            return Ok(None);
        }
        let head_end = loop {
            if let Some(at) = find(&self.buffer[after..], b"\r\n\r\n") {
                break after + at;
            }
            if self.buffer.len() > after + HEAD_BYTES_MAX {
                return Err(broken("the head of a part is too long"));
            }
            let length = self.buffer.len();
            self.fill(length + 1).await?;
        };
        let part = part(&String::from_utf8_lossy(&self.buffer[after..head_end]));
        self.buffer.drain(..head_end + 4);
        Ok(Some(part))
    }

    /// The next piece of the part; `None` at its end.
    async fn piece(&mut self) -> Result<Option<Vec<u8>>, ApiError> {
        loop {
            if let Some(at) = find(&self.buffer, &self.ending) {
                return Ok(
                    Some(self.buffer.drain(..at).collect()).filter(|it: &Vec<u8>| !it.is_empty())
                );
            }
            // What may be the beginning of an ending stays.
            let sure = self.buffer.len().saturating_sub(self.ending.len());
            if sure > 0 {
                return Ok(Some(self.buffer.drain(..sure).collect()));
            }
            let length = self.buffer.len();
            self.fill(length + 1).await?;
        }
    }

    /// Everything in the part, up to a number of bytes.
    pub(super) async fn whole(&mut self, bytes_max: usize) -> Result<Vec<u8>, ApiError> {
        let mut all = Vec::new();
        while let Some(piece) = self.piece().await? {
            if all.len() + piece.len() > bytes_max {
                let detail = format!("this form takes {bytes_max} bytes at most");
                return Err(ApiError::new(Kind::TooLarge, detail));
            }
            all.extend(piece);
        }
        Ok(all)
    }

    /// The rest of the part as it comes in.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<Vec<u8>, String>> + Send {
        futures::stream::try_unfold(self, |mut it| async move {
            let piece = it
                .piece()
                .await
                .map_err(|error| error.detail().to_owned())?;
            Ok(piece.map(|piece| (piece, it)))
        })
    }

    /// Reads until so many bytes are there.
    async fn fill(&mut self, length: usize) -> Result<(), ApiError> {
        while self.buffer.len() < length {
            let piece: Option<Result<Bytes, _>> = self.body.next().await;
            match piece {
                Some(Ok(piece)) => self.buffer.extend_from_slice(&piece),
                Some(Err(error)) => return Err(broken(&error.to_string())),
                None => return Err(broken("it ends in the middle")),
            }
        }
        Ok(())
    }
}

/// Where some bytes stand in others first.
fn find(all: &[u8], wanted: &[u8]) -> Option<usize> {
    all.windows(wanted.len()).position(|it| it == wanted)
}

fn part(head: &str) -> Part {
    let mut part = Part::default();
    for line in head.split("\r\n") {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        if name.eq_ignore_ascii_case("content-type") {
            value.trim().clone_into(&mut part.content_type);
        } else if name.eq_ignore_ascii_case("content-disposition") {
            part.name = quoted(value, "name").unwrap_or_default();
            part.file_name = quoted(value, "filename");
        }
    }
    part
}

/// A parameter in quotes. Browsers write a quote in it as `%22`, and line ends likewise (RFC 7578 section 5.1.2 and the HTML
/// standard).
fn quoted(value: &str, name: &str) -> Option<String> {
    let start = format!("; {name}=\"");
    let at = value.find(&start)? + start.len();
    let end = value[at..].find('"')?;
    let text = value[at..at + end].replace("%22", "\"");
    Some(text.replace("%0D", " ").replace("%0A", " "))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::Request;
    use futures::StreamExt;

    use super::Multipart;

    const FORM: &str = "--xyz\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nabc\r\n--xyz\r\n\
        Content-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--xyz\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"a %22b%22.txt\"\r\nContent-Type: text/plain\r\n\r\n\
        one\r\n--xy not yet\r\n\r\n--xyz--\r\n";

    fn request(text: &str, piece: usize) -> Request {
        let pieces: Vec<_> = text.as_bytes().chunks(piece).map(<[u8]>::to_vec).collect();
        let stream = futures::stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
        Request::builder()
            .header("content-type", "multipart/form-data; boundary=xyz")
            .body(Body::from_stream(stream))
            .unwrap()
    }

    #[tokio::test]
    async fn a_form_is_read_the_same_however_it_is_cut() {
        for piece in [1, 2, 3, 7, 20, 1000] {
            let mut form = Multipart::new(request(FORM, piece)).unwrap();
            assert_eq!(form.next().await.unwrap().unwrap().name, "token");
            assert_eq!(form.whole(100).await.unwrap(), b"abc");
            assert_eq!(form.next().await.unwrap().unwrap().name, "empty");
            assert_eq!(form.whole(100).await.unwrap(), b"");
            let file = form.next().await.unwrap().unwrap();
            assert_eq!(file.file_name.as_deref(), Some("a \"b\".txt"));
            assert_eq!(file.content_type, "text/plain");
            let pieces: Vec<_> = form.into_stream().collect().await;
            let bytes: Vec<u8> = pieces.into_iter().flat_map(Result::unwrap).collect();
            assert_eq!(bytes, b"one\r\n--xy not yet\r\n", "{piece}");
        }
    }

    #[tokio::test]
    async fn what_was_not_read_is_passed_over_and_the_end_is_known() {
        let mut form = Multipart::new(request(FORM, 5)).unwrap();
        let mut names = Vec::new();
        while let Some(part) = form.next().await.unwrap() {
            names.push(part.name);
        }
        assert_eq!(names, ["token", "empty", "file"]);
    }

    #[tokio::test]
    async fn a_form_that_is_cut_off_or_too_long_is_refused() {
        for end in 0..FORM.len() - 5 {
            let mut form = Multipart::new(request(&FORM[..end], 9)).unwrap();
            let mut outcome = Ok(());
            loop {
                match form.next().await {
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(error) => {
                        outcome = Err(error);
                        break;
                    }
                }
            }
            assert!(outcome.is_err(), "{end}");
        }
        let mut form = Multipart::new(request(FORM, 9)).unwrap();
        form.next().await.unwrap();
        assert!(form.whole(2).await.is_err());
    }
}
