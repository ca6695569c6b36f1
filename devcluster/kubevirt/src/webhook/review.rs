//! `AdmissionReview`, as far as it is read and answered.

use k8s_openapi::ByteString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    api_version: String,
    kind: String,
    pub request: Request,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    pub uid: String,
    pub operation: String,
    pub namespace: String,
    pub name: String,
    pub object: Value,
    pub old_object: Value,
    pub dry_run: bool,
}

impl Request {
    pub fn is_creation(&self) -> bool {
        self.operation == "CREATE"
    }

    pub fn is_being_deleted(&self) -> bool {
        self.object.pointer("/metadata/deletionTimestamp").is_some_and(Value::is_string)
    }

    pub fn object_name(&self) -> &str {
        let name = self.object.pointer("/metadata/name").and_then(Value::as_str);
        name.unwrap_or(&self.name)
    }
}

/// One thing that is wrong, as in the details of a `Status`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Cause {
    reason: &'static str,
    pub message: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub field: String,
}

impl Cause {
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { reason: "FieldValueInvalid", message: message.into(), field: field.into() }
    }

    pub fn required(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { reason: "FieldValueRequired", message: message.into(), field: field.into() }
    }
}

#[derive(Debug)]
pub enum Answer {
    Allow { patch: Option<Value>, warnings: Vec<String> },
    Deny(Value),
}

impl Answer {
    pub fn allow() -> Self {
        Self::Allow { patch: None, warnings: Vec::new() }
    }

    /// At most ten causes are told, and their messages make up the one message.
    pub fn invalid(mut causes: Vec<Cause>) -> Self {
        let more = causes.len().saturating_sub(10);
        causes.truncate(10);
        let messages: Vec<_> = causes.iter().map(|cause| cause.message.as_str()).collect();
        let mut message = messages.join(", ");
        if more > 0 {
            message = format!("{message}, and {more} more validation errors");
        }
        Self::Deny(json!({"code": 422, "reason": "Invalid", "message": message, "details": {"causes": causes}}))
    }

    /// For an object that cannot even be read.
    pub fn malformed(message: &str) -> Self {
        Self::Deny(json!({"code": 400, "message": message}))
    }

    pub fn of(self, review: &Review) -> Value {
        let mut response = json!({"uid": review.request.uid});
        match self {
            Self::Allow { patch, warnings } => {
                response["allowed"] = json!(true);
                if let Some(patch) = patch {
                    response["patchType"] = json!("JSONPatch");
                    response["patch"] = json!(ByteString(patch.to_string().into_bytes()));
                }
                if !warnings.is_empty() {
                    response["warnings"] = json!(warnings);
                }
            }
            Self::Deny(status) => {
                response["allowed"] = json!(false);
                response["status"] = status;
            }
        }
        json!({"apiVersion": review.api_version, "kind": review.kind, "response": response})
    }
}
