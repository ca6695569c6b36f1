//! From the tree to the value: each field is known, wanted or refused by name.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use serde_json::{Map, Value};

use super::{Credential, Kubeconfig, KubeconfigRefusal, RefusalReason as Reason, server};

/// Longest name of an unknown field that is repeated in a refusal, in characters.
const NAME_LIMIT: usize = 64;

const IN_ROOT: &[(&str, Reason)] = &[("extensions", Reason::Extensions)];
const IN_CLUSTER: &[(&str, Reason)] = &[
    ("certificate-authority", Reason::AuthorityFile),
    ("proxy-url", Reason::Proxy),
    ("tls-server-name", Reason::TlsServerName),
    ("extensions", Reason::Extensions),
];
const IN_USER: &[(&str, Reason)] = &[
    ("exec", Reason::Exec),
    ("auth-provider", Reason::AuthProvider),
    ("tokenFile", Reason::TokenFile),
    ("client-certificate", Reason::CertificateFile),
    ("client-key", Reason::KeyFile),
    ("username", Reason::BasicAuth),
    ("password", Reason::BasicAuth),
    ("as", Reason::Impersonation),
    ("as-uid", Reason::Impersonation),
    ("as-groups", Reason::Impersonation),
    ("as-user-extra", Reason::Impersonation),
    ("extensions", Reason::Extensions),
];
const IN_CONTEXT: &[(&str, Reason)] = &[("extensions", Reason::Extensions)];

/// Reads the whole file.
pub(super) fn kubeconfig(root: &Value) -> Result<Kubeconfig, KubeconfigRefusal> {
    let root = Place::root(root)?;
    root.only(&["apiVersion", "kind", "preferences", "clusters", "users", "contexts", "current-context"], IN_ROOT)?;
    for (name, wanted) in [("apiVersion", "v1"), ("kind", "Config")] {
        if root.text(name)? != wanted {
            return Err(root.refuse(Reason::WrongKind, name));
        }
    }
    if let Some(preferences) = root.child_opt("preferences")? {
        preferences.only(&[], IN_ROOT)?;
    }
    let cluster = root.single("clusters", "cluster", Reason::NotOneCluster)?;
    let user = root.single("users", "user", Reason::NotOneUser)?;
    let context = root.single("contexts", "context", Reason::NotOneContext)?;
    context.body.only(&["cluster", "user", "namespace"], IN_CONTEXT)?;
    context.body.text_opt("namespace")?;
    root.names("current-context", context.name)?;
    context.body.names("cluster", cluster.name)?;
    context.body.names("user", user.name)?;
    let (server, authority_pem) = self::cluster(&cluster.body)?;
    Ok(Kubeconfig { server, authority_pem, credential: credential(&user.body)? })
}

fn cluster(place: &Place<'_>) -> Result<(url::Url, String), KubeconfigRefusal> {
    place.only(&["server", "certificate-authority-data", "insecure-skip-tls-verify"], IN_CLUSTER)?;
    match place.map.get("insecure-skip-tls-verify") {
        None | Some(Value::Bool(false)) => {}
        Some(Value::Bool(true)) => {
            return Err(place.refuse(Reason::InsecureTls, "insecure-skip-tls-verify"));
        }
        Some(_) => return Err(place.refuse(Reason::WrongType, "insecure-skip-tls-verify")),
    }
    let server = server::parse(place.text("server")?).map_err(|reason| place.refuse(reason, "server"))?;
    let authority = place.pem("certificate-authority-data", is_certificate)?;
    Ok((server, authority))
}

fn credential(place: &Place<'_>) -> Result<Credential, KubeconfigRefusal> {
    place.only(&["token", "client-certificate-data", "client-key-data"], IN_USER)?;
    let has = |name| place.map.contains_key(name);
    match (has("token"), has("client-certificate-data") || has("client-key-data")) {
        (true, true) => Err(place.refuse(Reason::CredentialAmbiguous, "token")),
        (false, false) => Err(KubeconfigRefusal::new(Reason::CredentialMissing, place.pointer.clone())),
        (true, false) => {
            let token = place.text("token")?;
            if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(place.refuse(Reason::TokenInvalid, "token"));
            }
            Ok(Credential::Token(SecretString::from(token)))
        }
        (false, true) => Ok(Credential::Certificate {
            chain_pem: place.pem("client-certificate-data", is_certificate)?,
            key_pem: SecretString::from(place.pem("client-key-data", is_key)?),
        }),
    }
}

/// Mapping with the place where it stands.
struct Place<'a> {
    map: &'a Map<String, Value>,
    pointer: String,
}

/// Named element of a list: `{name, <body>}`.
struct Named<'a> {
    name: &'a str,
    body: Place<'a>,
}

impl<'a> Place<'a> {
    fn root(value: &'a Value) -> Result<Self, KubeconfigRefusal> {
        Self::at(value, String::new())
    }

    fn at(value: &'a Value, pointer: String) -> Result<Self, KubeconfigRefusal> {
        match value {
            Value::Object(map) => Ok(Self { map, pointer }),
            _ => Err(KubeconfigRefusal::new(Reason::WrongType, pointer)),
        }
    }

    fn below(&self, name: &str) -> String {
        let shown: String = name.chars().filter(|character| !character.is_control()).take(NAME_LIMIT).collect();
        format!("{}/{}", self.pointer, shown.replace('~', "~0").replace('/', "~1"))
    }

    fn refuse(&self, reason: Reason, name: &str) -> KubeconfigRefusal {
        KubeconfigRefusal::new(reason, self.below(name))
    }

    /// Refuses what is forbidden by name first, then what is unknown.
    fn only(&self, known: &[&str], forbidden: &[(&str, Reason)]) -> Result<(), KubeconfigRefusal> {
        for (name, reason) in forbidden {
            if self.map.contains_key(*name) {
                return Err(self.refuse(*reason, name));
            }
        }
        match self.map.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(self.refuse(Reason::UnknownField, name)),
            None => Ok(()),
        }
    }

    fn text(&self, name: &str) -> Result<&'a str, KubeconfigRefusal> {
        match self.text_opt(name)? {
            None | Some("") => Err(self.refuse(Reason::MissingField, name)),
            Some(text) => Ok(text),
        }
    }

    fn text_opt(&self, name: &str) -> Result<Option<&'a str>, KubeconfigRefusal> {
        match self.map.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.refuse(Reason::WrongType, name)),
        }
    }

    fn child_opt(&self, name: &str) -> Result<Option<Self>, KubeconfigRefusal> {
        self.map.get(name).map(|value| Self::at(value, self.below(name))).transpose()
    }

    /// Reads the only element of a list.
    fn single(&self, list: &str, body: &str, not_one: Reason) -> Result<Named<'a>, KubeconfigRefusal> {
        let items = match self.map.get(list) {
            None => return Err(self.refuse(Reason::MissingField, list)),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(self.refuse(Reason::WrongType, list)),
        };
        let [item] = items.as_slice() else {
            return Err(self.refuse(not_one, list));
        };
        let item = Self::at(item, format!("{}/0", self.below(list)))?;
        item.only(&["name", body], &[])?;
        Ok(Named {
            name: item.text("name")?,
            body: item.child_opt(body)?.ok_or_else(|| item.refuse(Reason::MissingField, body))?,
        })
    }

    fn names(&self, field: &str, wanted: &str) -> Result<(), KubeconfigRefusal> {
        if self.text(field)? == wanted { Ok(()) } else { Err(self.refuse(Reason::DanglingName, field)) }
    }

    /// Decodes base64 of PEM whose blocks all carry an accepted label.
    fn pem(&self, name: &str, accepted: fn(&str) -> bool) -> Result<String, KubeconfigRefusal> {
        let bytes = STANDARD.decode(self.text(name)?).map_err(|_| self.refuse(Reason::NotBase64, name))?;
        String::from_utf8(bytes)
            .ok()
            .filter(|text| is_pem(text, accepted))
            .ok_or_else(|| self.refuse(Reason::NotPem, name))
    }
}

fn is_certificate(label: &str) -> bool {
    label == "CERTIFICATE"
}

fn is_key(label: &str) -> bool {
    ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"].contains(&label)
}

/// Whether the text is at least one closed PEM block, each with an accepted label.
fn is_pem(text: &str, accepted: fn(&str) -> bool) -> bool {
    let mut blocks = 0_usize;
    let mut open: Option<&str> = None;
    for line in text.lines().map(str::trim_end) {
        let begin = marker(line, "-----BEGIN ");
        let end = marker(line, "-----END ");
        match (open, begin, end) {
            (None, Some(label), _) if accepted(label) => open = Some(label),
            (Some(label), _, Some(ended)) if label == ended => {
                blocks += 1;
                open = None;
            }
            (_, None, None) => {}
            _ => return false,
        }
    }
    blocks > 0 && open.is_none()
}

fn marker<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    line.strip_prefix(start)?.strip_suffix("-----")
}
