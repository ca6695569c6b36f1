//! From text to a tree, with limits against YAML bombs.

use serde_json::Value;
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};
use serde_saphyr::{Error, Options};

use super::{KubeconfigRefusal, RefusalReason as Reason, SIZE_LIMIT_BYTES};

/// Reads one document without anchors, aliases, merge keys, tags or duplicate keys.
pub(super) fn read(text: &str) -> Result<Value, KubeconfigRefusal> {
    let refuse = |reason| Err(KubeconfigRefusal::new(reason, ""));
    if text.len() > SIZE_LIMIT_BYTES {
        return refuse(Reason::TooLarge);
    }
    if text.contains('\0') {
        return refuse(Reason::NulByte);
    }
    serde_saphyr::from_str_with_options(text, options()).or_else(|error| refuse(reason(error.without_snippet())))
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_aliases: 0,
            max_anchors: 0,
            max_depth: 16,
            max_documents: 1,
            max_events: 4096,
            max_nodes: 2048,
            max_merge_keys: 0,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

fn reason(error: &Error) -> Reason {
    match error {
        Error::MultipleDocuments { .. } => Reason::SeveralDocuments,
        Error::DuplicateMappingKey { .. } => Reason::DuplicateKey,
        Error::MergeKeyNotAllowed { .. } => Reason::MergeKey,
        Error::UnsupportedTag { .. } => Reason::Tag,
        Error::UnknownAnchor { .. } | Error::AliasError { .. } => Reason::Alias,
        Error::Budget { breach, .. } => match breach {
            BudgetBreach::Aliases { .. } | BudgetBreach::Anchors { .. } => Reason::Alias,
            BudgetBreach::Documents { .. } => Reason::SeveralDocuments,
            BudgetBreach::MergeKeys { .. } => Reason::MergeKey,
            _ => Reason::TooComplex,
        },
        _ => Reason::NotYaml,
    }
}
