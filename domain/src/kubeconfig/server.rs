//! The server's URL.

use url::Url;

use super::RefusalReason as Reason;

/// Parses `https://host[:port][/path]` and nothing else.
pub(super) fn parse(text: &str) -> Result<Url, Reason> {
    // The URL standard drops tabs and newlines and turns backslashes round; we want to see them.
    if text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err(Reason::ServerInvalid);
    }
    let url = Url::parse(text).map_err(|_| Reason::ServerInvalid)?;
    if url.scheme() != "https" {
        return Err(Reason::ServerNotHttps);
    }
    if !text.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://")) {
        return Err(Reason::ServerInvalid);
    }
    if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
        return Err(Reason::ServerUserinfo);
    }
    if url.query().is_some() {
        return Err(Reason::ServerQuery);
    }
    if url.fragment().is_some() {
        return Err(Reason::ServerFragment);
    }
    if url.host_str().is_none_or(str::is_empty) || url.port() == Some(0) {
        return Err(Reason::ServerInvalid);
    }
    Ok(url)
}

fn authority(text: &str) -> &str {
    text.get(8..).and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default()
}
