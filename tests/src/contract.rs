//! The contract: its operations, and whether an answer is what it says.

use anyhow::Context as _;
use jsonschema::Validator;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

static CONTRACT: LazyLock<Result<Contract, String>> =
    LazyLock::new(|| Contract::read().map_err(|error| format!("{error:#}")));

/// An operation of the contract.
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// With `{id}` where an id stands.
    pub path: String,
    /// `x-permission`.
    pub permission: String,
    pub takes_body: bool,
    /// Whether it takes an `Idempotency-Key`.
    pub takes_key: bool,
    responses: Value,
}

struct Contract {
    operations: Vec<Operation>,
    components: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Contract {
    fn read() -> anyhow::Result<Self> {
        let document: Value = serde_saphyr::from_str(shepherd_api::OPENAPI)?;
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().context("paths")? {
            for (method, found) in METHODS.iter().filter_map(|method| Some((method, item.get(method)?))) {
                let word =
                    |name: &str| found[name].as_str().map(str::to_owned).with_context(|| format!("{name}: {path}"));
                operations.push(Operation {
                    id: word("operationId")?,
                    method: method.to_uppercase().parse()?,
                    path: path.clone(),
                    permission: word("x-permission")?,
                    takes_key: found["parameters"].as_array().is_some_and(|all| all.iter().any(is_key)),
                    takes_body: found.get("requestBody").is_some(),
                    responses: found["responses"].clone(),
                });
            }
        }
        Ok(Self { operations, components: document["components"].clone(), validators: Mutex::default() })
    }

    fn validator(&self, schema: &Value) -> anyhow::Result<Arc<Validator>> {
        let mut known = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        let key = schema.to_string();
        if let Some(validator) = known.get(&key) {
            return Ok(validator.clone());
        }
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema", "components": self.components, "allOf": [schema],
        });
        let validator = jsonschema::options().should_validate_formats(true).build(&whole);
        let validator = Arc::new(validator.map_err(|error| anyhow::anyhow!("{key}: {error}"))?);
        known.insert(key, validator.clone());
        Ok(validator)
    }
}

fn is_key(parameter: &Value) -> bool {
    parameter["in"] == "header" && parameter["name"] == "Idempotency-Key"
}

fn contract() -> anyhow::Result<&'static Contract> {
    CONTRACT.as_ref().map_err(|error| anyhow::anyhow!("the contract: {error}"))
}

/// Every operation.
///
/// # Errors
/// When the contract cannot be read.
pub fn operations() -> anyhow::Result<&'static [Operation]> {
    Ok(&contract()?.operations)
}

/// The operation of that id.
///
/// # Errors
/// When the contract has none.
pub fn operation(id: &str) -> anyhow::Result<&'static Operation> {
    operations()?.iter().find(|operation| operation.id == id).with_context(|| format!("no operation {id}"))
}

/// Whether an answer is what the contract says of the operation at that path. What is at no operation of it must be
/// a problem, or not JSON.
///
/// # Errors
/// When it is not.
pub fn check(method: &Method, path: &str, status: StatusCode, kind: &str, body: &Value) -> anyhow::Result<()> {
    let contract = contract()?;
    let found = contract.operations.iter().find(|operation| operation.method == method && operation.is_at(path));
    let Some(operation) = found else { return Ok(()) };
    let said = &operation.responses;
    let said =
        if said[status.as_str()].is_null() && !status.is_success() { &said["default"] } else { &said[status.as_str()] };
    anyhow::ensure!(said.is_object(), "{}: the contract knows no {status}: {body}", operation.id);
    let Some(content) = said["content"].as_object() else {
        anyhow::ensure!(body.is_null(), "{}: {status} has no body in the contract: {body}", operation.id);
        return Ok(());
    };
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let media = content.get(essence).with_context(|| format!("{}: {status} as {kind:?}", operation.id))?;
    if !["application/json", "application/problem+json"].contains(&essence) {
        return Ok(());
    }
    let faults: Vec<_> = contract
        .validator(&media["schema"])?
        .iter_errors(body)
        .map(|e| format!("{e} at {}", e.instance_path()))
        .collect();
    anyhow::ensure!(faults.is_empty(), "{}: {status} is not what the contract says: {faults:?}: {body}", operation.id);
    Ok(())
}

impl Operation {
    /// Whether a path is one of this operation.
    fn is_at(&self, path: &str) -> bool {
        let (here, there): (Vec<_>, Vec<_>) = (self.path.split('/').collect(), path.split('/').collect());
        here.len() == there.len() && here.iter().zip(there).all(|(here, there)| here.starts_with('{') || *here == there)
    }

    /// Its path below `/api/v1` with `id` in it, if it takes one; nothing for what is outside.
    pub fn at(&self, id: &str) -> Option<String> {
        Some(self.path.strip_prefix("/api/v1")?.replace("{id}", id))
    }
}
