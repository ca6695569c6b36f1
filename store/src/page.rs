//! Pages of lists: by number for what stays small, by cursor for what grows.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

/// Entries of a page when the caller does not say.
pub const DEFAULT_PER_PAGE: i64 = 20;
/// Most entries of a page.
pub const MAX_PER_PAGE: i64 = 100;
/// Totals of growing lists are counted up to here.
pub const TOTAL_CAP: i64 = 1000;

/// Which page of a small list.
#[derive(Clone, Copy, Debug)]
pub struct PageQuery {
    pub page: i64,
    pub per_page: i64,
    pub descending: bool,
}

impl PageQuery {
    pub(crate) fn offset(self) -> i64 {
        (self.page - 1).saturating_mul(self.per_page)
    }
}

/// Page of a small list, with the number of all entries.
#[derive(Clone, Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub total: i64,
}

/// Place in a list that is ordered by id, newest first.
#[derive(Clone, Copy, Debug)]
pub struct Cursor(pub Uuid);

impl Cursor {
    /// Reads the text of an earlier answer.
    ///
    /// # Errors
    /// `INVALID_QUERY` for anything else.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok();
        let id = bytes.and_then(|bytes| Uuid::from_slice(&bytes).ok());
        id.map(Self).ok_or_else(|| Refusal::new(Code::InvalidQuery).with(json!({"parameter": "cursor"})))
    }

    /// Text for the next call.
    pub fn text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.as_bytes())
    }
}

/// Page of a growing list.
#[derive(Clone, Debug)]
pub struct CursorPage<T> {
    pub items: Vec<T>,
    /// Cursor of the next page, as text; absent on the last.
    pub next: Option<String>,
    /// Matching entries, counted up to [`TOTAL_CAP`].
    pub total: i64,
}

impl<T> CursorPage<T> {
    /// Cuts a list that was asked for one entry more than the page holds.
    pub(crate) fn cut(items: Vec<T>, per_page: i64, total: i64, id: impl Fn(&T) -> Uuid) -> Self {
        Self::cut_at(items, per_page, total, |item| Cursor(id(item)).text())
    }

    /// The same for a list with cursors of its own.
    pub(crate) fn cut_at(mut items: Vec<T>, per_page: i64, total: i64, cursor: impl Fn(&T) -> String) -> Self {
        let per_page = usize::try_from(per_page).unwrap_or(usize::MAX);
        let more = items.len() > per_page;
        items.truncate(per_page);
        let next = if more { items.last().map(cursor) } else { None };
        Self { items, next, total }
    }
}
