//! Page parameters, checked.

use serde_json::json;
use shepherd_api::page::{CursorPagination, PageParams, Pagination, SortOrder};
use shepherd_domain::{Code, Refusal};
use shepherd_store::{Cursor, CursorPage, DEFAULT_PER_PAGE, MAX_PER_PAGE, PageQuery, TOTAL_CAP};

use crate::cursor::Cursors;

/// Nobody turns that many pages of a small list.
const MAX_PAGE: i64 = 100_000;

/// Checks the page parameters of a small list.
///
/// # Errors
/// `INVALID_QUERY` with the parameter that is out of range.
pub(crate) fn page_query(params: &PageParams) -> Result<PageQuery, Refusal> {
    page_by(params.page, params.per_page, params.sort_order)
}

/// As [`page_query`], for lists that have parameters of their own.
///
/// # Errors
/// `INVALID_QUERY` with the parameter that is out of range.
pub(crate) fn page_by(page: Option<i64>, size: Option<i64>, order: Option<SortOrder>) -> Result<PageQuery, Refusal> {
    let page = page.unwrap_or(1);
    if !(1..=MAX_PAGE).contains(&page) {
        let params = json!({"parameter": "page", "minimum": 1, "maximum": MAX_PAGE});
        return Err(Refusal::new(Code::InvalidQuery).with(params));
    }
    Ok(PageQuery { page, per_page: per_page(size)?, descending: order == Some(SortOrder::Desc) })
}

/// Checks the page size of any list.
///
/// # Errors
/// `INVALID_QUERY`.
pub(crate) fn per_page(given: Option<i64>) -> Result<i64, Refusal> {
    let per_page = given.unwrap_or(DEFAULT_PER_PAGE);
    if (1..=MAX_PER_PAGE).contains(&per_page) {
        Ok(per_page)
    } else {
        Err(Refusal::new(Code::InvalidQuery)
            .with(json!({"parameter": "per_page", "minimum": 1, "maximum": MAX_PER_PAGE})))
    }
}

/// Place in a list that an earlier answer named.
///
/// # Errors
/// `INVALID_QUERY`.
pub(crate) fn place(cursors: &Cursors, given: Option<&str>) -> Result<Option<Cursor>, Refusal> {
    cursors.read(given)?.as_deref().map(Cursor::parse).transpose()
}

pub(crate) fn pagination(query: PageQuery, total: i64) -> Pagination {
    Pagination::new(query.page, query.per_page, total)
}

pub(crate) fn cursor_pagination<T>(cursors: &Cursors, page: &CursorPage<T>, per_page: i64) -> CursorPagination {
    CursorPagination {
        per_page,
        next_cursor: page.next.as_deref().map(|next| cursors.write(next)),
        total: page.total,
        more: page.total >= TOTAL_CAP,
    }
}
