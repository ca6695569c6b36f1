//! Errors on the wire: `application/problem+json` (RFC 9457) with a code and parameters, no sentences.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shepherd_domain::{Code, Refusal};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};
use uuid::Uuid;

/// One field that is wrong.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    /// JSON pointer into the body, or the name of a query parameter.
    #[schema(example = "/memory_mib")]
    pub pointer: String,
    #[schema(example = "RANGE")]
    pub code: String,
    /// What the words of the console need.
    #[schema(value_type = Object)]
    pub params: Value,
}

/// Body of every error.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:shepherd:error:` and the code.
    #[schema(example = "urn:shepherd:error:NOT_FOUND")]
    pub r#type: String,
    #[schema(example = 404)]
    pub status: u16,
    /// Stable; the console has the words.
    #[schema(schema_with = code)]
    pub code: String,
    #[schema(value_type = Object)]
    pub params: Value,
    pub errors: Vec<FieldProblem>,
    /// To be quoted when asking for help.
    pub request_id: Uuid,
}

impl Problem {
    /// Body for a refusal.
    pub fn new(refusal: &Refusal, request_id: Uuid) -> Self {
        let field = |error: &shepherd_domain::refusal::FieldError| FieldProblem {
            pointer: error.pointer.clone(),
            code: error.code.to_owned(),
            params: error.params.clone(),
        };
        Self {
            r#type: format!("urn:shepherd:error:{}", refusal.code.as_str()),
            status: refusal.code.status(),
            code: refusal.code.as_str().to_owned(),
            params: refusal.params.clone(),
            errors: refusal.errors.iter().map(field).collect(),
            request_id,
        }
    }
}

/// Every code there is, so that whoever has words for them learns of a new one.
fn code() -> Object {
    codes(SchemaType::Type(Type::String), None).examples(["NOT_FOUND"]).build()
}

/// The same where there may be none.
pub(crate) fn optional_code() -> Object {
    let kind = SchemaType::from_iter([Type::String, Type::Null]);
    codes(kind, Some(None)).examples(["TWO_PERSON_INTEGRITY"]).build()
}

fn codes(kind: SchemaType, further: Option<Option<&'static str>>) -> ObjectBuilder {
    let words = Code::ALL.iter().map(|code| Some(code.as_str())).chain(further);
    ObjectBuilder::new().schema_type(kind).enum_values(Some(words))
}
