//! What virt-api's mutating webhook adds to a machine. It only fills what is empty, so whoever applies the
//! machine again need not know.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Builder;

use crate::kinds::MACHINE_FINALIZER;
use crate::webhook::review::{Answer, Request};
use crate::webhook::validate::spec::MachineSpec;

pub fn answer(request: &Request) -> Answer {
    let mut spec = request.object["spec"].clone();
    // As in the real one, an object that Go could not read is refused here.
    if let Err(error) = serde_json::from_value::<MachineSpec>(spec.clone()) {
        return Answer::malformed(&error.to_string());
    }
    // Without a template it is the definition's schema that refuses.
    if spec.pointer("/template/spec/domain").is_none() {
        return Answer::allow();
    }
    add_defaults(&mut spec, request);
    let mut patch = vec![json!({"op": "replace", "path": "/spec", "value": spec})];
    // Really virt-controller's first act. Done here it costs no write; a dry run shows none, as it should.
    if request.is_creation() && !request.dry_run {
        patch.push(json!({"op": "add", "path": "/metadata/finalizers", "value": finalizers(request)}));
    }
    Answer::Allow { patch: Some(Value::Array(patch)), warnings: Vec::new() }
}

fn finalizers(request: &Request) -> Vec<Value> {
    let present = request.object.pointer("/metadata/finalizers").and_then(Value::as_array);
    let mut finalizers = present.cloned().unwrap_or_default();
    if !finalizers.contains(&json!(MACHINE_FINALIZER)) {
        finalizers.push(json!(MACHINE_FINALIZER));
    }
    finalizers
}

fn add_defaults(spec: &mut Value, request: &Request) {
    let template = &mut spec["template"];
    put_if_empty(&mut template["spec"], "architecture", "amd64");
    put_if_empty(object(&mut template["spec"]["domain"]["machine"]), "type", "q35");
    if !request.is_creation() {
        return;
    }
    let firmware = object(&mut template["spec"]["domain"]["firmware"]);
    for field in ["uuid", "serial"] {
        let identity = format!("{field}/{}/{}", request.namespace, request.object_name());
        put_if_empty(firmware, field, &uuid_of(&identity));
    }
    let machine = template.pointer("/spec/domain/machine/type").and_then(Value::as_str).unwrap_or_default();
    if machine.contains("q35") {
        let annotations = object(&mut object(&mut template["metadata"])["annotations"]);
        put_if_empty(annotations, "kubevirt.io/pci-topology-version", "v3");
    }
}

/// Chance in KubeVirt 1.9; here the name decides, so that a test can be told the same machine from another.
fn uuid_of(identity: &str) -> String {
    let digest = Sha256::digest(identity);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_sha1_bytes(bytes).into_uuid().to_string()
}

fn object(value: &mut Value) -> &mut Value {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    value
}

fn put_if_empty(value: &mut Value, name: &str, wanted: &str) {
    if value[name].as_str().is_none_or(str::is_empty) {
        value[name] = json!(wanted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defaulted(operation: &str, spec: &Value) -> Value {
        let mut spec = spec.clone();
        let request = Request {
            operation: operation.to_owned(),
            namespace: "team".to_owned(),
            name: "vm".to_owned(),
            ..Request::default()
        };
        add_defaults(&mut spec, &request);
        spec
    }

    #[test]
    fn creation_gets_machine_type_architecture_and_identity() {
        let spec = defaulted("CREATE", &json!({"template": {"spec": {"domain": {}}}}));
        let instance = &spec["template"]["spec"];
        assert_eq!(instance["architecture"], "amd64");
        assert_eq!(instance["domain"]["machine"]["type"], "q35");
        assert!(instance["domain"]["firmware"]["uuid"].is_string());
        assert!(instance["domain"]["firmware"]["serial"].is_string());
        assert_eq!(spec["template"]["metadata"]["annotations"]["kubevirt.io/pci-topology-version"], "v3");
        assert_eq!(spec, defaulted("CREATE", &spec));
    }

    #[test]
    fn update_leaves_the_identity_alone() {
        let spec = defaulted("UPDATE", &json!({"template": {"spec": {"domain": {}}}}));
        assert!(spec.pointer("/template/spec/domain/firmware").is_none());
    }

    #[test]
    fn what_is_set_stays() {
        let wanted = json!({"template": {
            "metadata": {"annotations": {"kubevirt.io/pci-topology-version": "v2"}},
            "spec": {"architecture": "arm64", "domain": {
                "machine": {"type": "pc-q35-rhel9.4.0"},
                "firmware": {"uuid": "a", "serial": "b"},
            }},
        }});
        assert_eq!(defaulted("CREATE", &wanted), wanted);
    }
}
