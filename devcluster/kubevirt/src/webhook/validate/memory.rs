//! Memory: requests, limits, huge pages, and that there is any.

use crate::quantity::{MALFORMED, Quantity};
use crate::webhook::review::Cause;
use crate::webhook::validate::spec::{Domain, HugePages, Memory};

const LEAST: i128 = 1_000_000;

pub fn check_amounts(field: &str, domain: &Domain, causes: &mut Vec<Cause>) {
    let request_field = format!("{field}.domain.resources.requests.memory");
    let limit_field = format!("{field}.domain.resources.limits.memory");
    let (request, limit) = (domain.resources.requests.memory(), domain.resources.limits.memory());
    if request.value() < 0 {
        let message = format!("{request_field} '{request}': must be greater than or equal to 0.");
        causes.push(Cause::invalid(&request_field, message));
    } else if request.value() > 0 && request.value() < LEAST {
        let message = format!("{request_field} '{request}': must be greater than or equal to 1M.");
        causes.push(Cause::invalid(&request_field, message));
    }
    if limit.value() < 0 {
        let message = format!("{limit_field} '{limit}': must be greater than or equal to 0.");
        causes.push(Cause::invalid(&limit_field, message));
    }
    if limit.value() > 0 && request.value() > limit.value() {
        let message = format!("{request_field} '{request}' is greater than {limit_field} '{limit}'");
        causes.push(Cause::invalid(&request_field, message));
    }
}

pub fn check_huge_pages(field: &str, domain: &Domain, causes: &mut Vec<Cause>) {
    let Some((memory, pages)) = huge_pages(domain) else {
        return;
    };
    let page_field = format!("{field}.domain.memory.hugepages.pageSize");
    let request_field = format!("{field}.domain.resources.requests.memory");
    let text = &pages.page_size;
    let Some(page) = Quantity::parse(text).filter(|page| page.value() > 0) else {
        causes.push(Cause::invalid(&page_field, format!("{page_field} '{text}': {MALFORMED}")));
        return;
    };
    let request = domain.resources.requests.memory();
    let guest = memory.guest.unwrap_or(Quantity::ZERO);
    let wanted = [request, guest, domain.resources.limits.memory()];
    let wanted = wanted.into_iter().find(|each| each.value() != 0).unwrap_or(page).value();
    // The request is what the text shows, even where it is the guest's memory that does not fit.
    if wanted < page.value() {
        let message =
            format!("{request_field} '{request}' must be equal to or larger than page size {page_field} '{text}'");
        causes.push(Cause::invalid(&request_field, message));
    } else if wanted % page.value() != 0 {
        let message = format!("{request_field} '{request}' is not a multiple of the page size {page_field} '{text}'");
        causes.push(Cause::invalid(&request_field, message));
    }
}

pub fn check_presence(field: &str, domain: &Domain, causes: &mut Vec<Cause>) {
    let has_memory = domain.memory.as_ref().is_some_and(|memory| memory.guest.is_some() || memory.hugepages.is_some());
    let resources = &domain.resources;
    if has_memory || !resources.requests.memory().is_zero() || !resources.limits.memory().is_zero() {
        return;
    }
    let message = format!(
        "no memory requested, at least one of '{field}.domain.memory.guest', '{field}.domain.memory.hugepages.pageSize' or '{field}.domain.resources.requests.memory' must be set"
    );
    causes.push(Cause::required("", message));
}

fn huge_pages(domain: &Domain) -> Option<(&Memory, &HugePages)> {
    let memory = domain.memory.as_ref()?;
    Some((memory, memory.hugepages.as_ref()?))
}
