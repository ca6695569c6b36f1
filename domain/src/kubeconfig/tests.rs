//! The hostile corpus: each case with its reason and its place.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Credential, Kubeconfig, RefusalReason as Reason, SIZE_LIMIT_BYTES};

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";

const GOOD: &str = r#"apiVersion: v1
kind: Config
preferences: {}
current-context: main
clusters:
- name: c
  cluster:
    server: "https://api.example.org:6443"
    certificate-authority-data: CA
users:
- name: u
  user:
    token: "abc.def"
contexts:
- name: main
  context:
    cluster: c
    user: u
"#;

const SERVER: &str = "\"https://api.example.org:6443\"";
const IN_CLUSTER: &str = "    certificate-authority-data: CA\n";
const IN_USER: &str = "    token: \"abc.def\"\n";
const IN_CONTEXT: &str = "    user: u\n";

/// Cases that add lines after a line of the good file.
#[rustfmt::skip] // one case, one line
const ADDED: &[(&str, &str, Reason, &str)] = &[
    (IN_USER, "    exec: {command: /bin/sh, args: [-c, id]}\n", Reason::Exec, "/users/0/user/exec"),
    (IN_USER, "    exec: null\n", Reason::Exec, "/users/0/user/exec"),
    (IN_USER, "    auth-provider: {name: gcp}\n", Reason::AuthProvider, "/users/0/user/auth-provider"),
    (IN_USER, "    tokenFile: /etc/shadow\n", Reason::TokenFile, "/users/0/user/tokenFile"),
    (IN_USER, "    client-certificate: /etc/passwd\n", Reason::CertificateFile, "/users/0/user/client-certificate"),
    (IN_USER, "    client-key: /etc/keys/client.key\n", Reason::KeyFile, "/users/0/user/client-key"),
    (IN_USER, "    username: admin\n", Reason::BasicAuth, "/users/0/user/username"),
    (IN_USER, "    password: admin\n", Reason::BasicAuth, "/users/0/user/password"),
    (IN_USER, "    as: system:admin\n", Reason::Impersonation, "/users/0/user/as"),
    (IN_USER, "    as-uid: \"0\"\n", Reason::Impersonation, "/users/0/user/as-uid"),
    (IN_USER, "    as-groups: [system:masters]\n", Reason::Impersonation, "/users/0/user/as-groups"),
    (IN_USER, "    as-user-extra: {scopes: [all]}\n", Reason::Impersonation, "/users/0/user/as-user-extra"),
    (IN_USER, "    extensions: []\n", Reason::Extensions, "/users/0/user/extensions"),
    (IN_USER, "    Exec: {command: id}\n", Reason::UnknownField, "/users/0/user/Exec"),
    (IN_USER, "    token_file: /x\n", Reason::UnknownField, "/users/0/user/token_file"),
    (IN_USER, "    \"a/b~c\": 1\n", Reason::UnknownField, "/users/0/user/a~1b~0c"),
    (IN_USER, "    \"x\\u0007y\": 1\n", Reason::UnknownField, "/users/0/user/xy"),
    (IN_USER, "    token: other\n", Reason::DuplicateKey, ""),
    (IN_USER, "    client-key-data: CA\n", Reason::CredentialAmbiguous, "/users/0/user/token"),
    (IN_USER, "    <<: {exec: {command: id}}\n", Reason::MergeKey, ""),
    (IN_USER, "- name: v\n  user: {token: t}\n", Reason::NotOneUser, "/users"),
    (IN_CLUSTER, "    certificate-authority: /etc/ssl/ca.pem\n", Reason::AuthorityFile, "/clusters/0/cluster/certificate-authority"),
    (IN_CLUSTER, "    proxy-url: http://evil.example.org\n", Reason::Proxy, "/clusters/0/cluster/proxy-url"),
    (IN_CLUSTER, "    insecure-skip-tls-verify: true\n", Reason::InsecureTls, "/clusters/0/cluster/insecure-skip-tls-verify"),
    (IN_CLUSTER, "    insecure-skip-tls-verify: \"false\"\n", Reason::WrongType, "/clusters/0/cluster/insecure-skip-tls-verify"),
    (IN_CLUSTER, "    insecure-skip-tls-verify: yes\n", Reason::WrongType, "/clusters/0/cluster/insecure-skip-tls-verify"),
    (IN_CLUSTER, "    tls-server-name: other\n", Reason::TlsServerName, "/clusters/0/cluster/tls-server-name"),
    (IN_CLUSTER, "    disable-compression: true\n", Reason::UnknownField, "/clusters/0/cluster/disable-compression"),
    (IN_CLUSTER, "    extensions: []\n", Reason::Extensions, "/clusters/0/cluster/extensions"),
    (IN_CLUSTER, "- name: d\n  cluster: {}\n", Reason::NotOneCluster, "/clusters"),
    (IN_CLUSTER, "  extra: 1\n", Reason::UnknownField, "/clusters/0/extra"),
    (IN_CONTEXT, "    extensions: []\n", Reason::Extensions, "/contexts/0/context/extensions"),
    (IN_CONTEXT, "    namespace: 1\n", Reason::WrongType, "/contexts/0/context/namespace"),
    (IN_CONTEXT, "- name: other\n  context: {cluster: c, user: u}\n", Reason::NotOneContext, "/contexts"),
    (IN_CONTEXT, "extensions: []\n", Reason::Extensions, "/extensions"),
    (IN_CONTEXT, "include: /etc/passwd\n", Reason::UnknownField, "/include"),
    (IN_CONTEXT, "---\napiVersion: v1\n", Reason::SeveralDocuments, ""),
    (IN_CONTEXT, "\0", Reason::NulByte, ""),
    (IN_CONTEXT, "}{", Reason::NotYaml, ""),
];

/// Cases that replace a piece of the good file.
#[rustfmt::skip] // one case, one line
const REPLACED: &[(&str, &str, Reason, &str)] = &[
    (SERVER, "http://api.example.org", Reason::ServerNotHttps, "/clusters/0/cluster/server"),
    (SERVER, "file:///etc/passwd", Reason::ServerNotHttps, "/clusters/0/cluster/server"),
    (SERVER, "unix:///run/docker.sock", Reason::ServerNotHttps, "/clusters/0/cluster/server"),
    (SERVER, "api.example.org", Reason::ServerInvalid, "/clusters/0/cluster/server"),
    (SERVER, "\"https:api.example.org\"", Reason::ServerInvalid, "/clusters/0/cluster/server"),
    (SERVER, "\"https://\"", Reason::ServerInvalid, "/clusters/0/cluster/server"),
    (SERVER, "\"https://api.example.org:0\"", Reason::ServerInvalid, "/clusters/0/cluster/server"),
    (SERVER, "\"https://api.example.org:99999\"", Reason::ServerInvalid, "/clusters/0/cluster/server"),
    (SERVER, "\"https:\\\\\\\\api.example.org\"", Reason::ServerInvalid, "/clusters/0/cluster/server"),
    (SERVER, "\"https://api.example.org\\t\"", Reason::ServerInvalid, "/clusters/0/cluster/server"),
    (SERVER, "\"https://api.example.org/a b\"", Reason::ServerInvalid, "/clusters/0/cluster/server"),
    (SERVER, "\"https://api.example.org/a\\u0001b\"", Reason::ServerInvalid, "/clusters/0/cluster/server"),
    (SERVER, "\"https://api.example.org/a\\\\b\"", Reason::ServerInvalid, "/clusters/0/cluster/server"),
    (SERVER, "\"https://a\\r\\nHost: b\"", Reason::ServerInvalid, "/clusters/0/cluster/server"),
    (SERVER, "\"https://root:pw@api.example.org\"", Reason::ServerUserinfo, "/clusters/0/cluster/server"),
    (SERVER, "\"https://@api.example.org\"", Reason::ServerUserinfo, "/clusters/0/cluster/server"),
    // A third slash hides the user from who looks at the text, not from the URL standard.
    (SERVER, "\"https:///root@api.example.org\"", Reason::ServerUserinfo, "/clusters/0/cluster/server"),
    (SERVER, "\"https:///:pw@api.example.org\"", Reason::ServerUserinfo, "/clusters/0/cluster/server"),
    (SERVER, "\"https://api.example.org?a=b\"", Reason::ServerQuery, "/clusters/0/cluster/server"),
    (SERVER, "\"https://api.example.org#a\"", Reason::ServerFragment, "/clusters/0/cluster/server"),
    (SERVER, "\"\"", Reason::MissingField, "/clusters/0/cluster/server"),
    (SERVER, "[https://a]", Reason::WrongType, "/clusters/0/cluster/server"),
    (IN_CLUSTER, "", Reason::MissingField, "/clusters/0/cluster/certificate-authority-data"),
    ("data: CA", "data: \"***\"", Reason::NotBase64, "/clusters/0/cluster/certificate-authority-data"),
    ("data: CA", "data: aGVsbG8=", Reason::NotPem, "/clusters/0/cluster/certificate-authority-data"),
    ("data: CA", "data: KEY", Reason::NotPem, "/clusters/0/cluster/certificate-authority-data"),
    ("data: CA", "data: &a CA", Reason::Alias, ""),
    ("\"abc.def\"", "*a", Reason::Alias, ""),
    ("\"abc.def\"", "!include /etc/passwd", Reason::Tag, ""),
    ("\"abc.def\"", "12345", Reason::WrongType, "/users/0/user/token"),
    ("\"abc.def\"", "\"a\\r\\nX-Admin: 1\"", Reason::TokenInvalid, "/users/0/user/token"),
    ("\"abc.def\"", "\"a b\"", Reason::TokenInvalid, "/users/0/user/token"),
    ("\"abc.def\"", "\"\"", Reason::MissingField, "/users/0/user/token"),
    (IN_USER, "    client-certificate-data: CA\n", Reason::MissingField, "/users/0/user/client-key-data"),
    (IN_USER, "    client-key-data: KEY\n", Reason::MissingField, "/users/0/user/client-certificate-data"),
    (IN_USER, "    {client-certificate-data: CA, client-key-data: CA}\n", Reason::NotPem, "/users/0/user/client-key-data"),
    (IN_USER, "    {}\n", Reason::CredentialMissing, "/users/0/user"),
    ("kind: Config", "kind: Secret", Reason::WrongKind, "/kind"),
    ("apiVersion: v1", "apiVersion: v2", Reason::WrongKind, "/apiVersion"),
    ("apiVersion: v1\n", "", Reason::MissingField, "/apiVersion"),
    ("preferences: {}", "preferences: {colors: true}", Reason::UnknownField, "/preferences/colors"),
    ("current-context: main", "current-context: other", Reason::DanglingName, "/current-context"),
    ("current-context: main\n", "", Reason::MissingField, "/current-context"),
    ("    cluster: c\n", "    cluster: d\n", Reason::DanglingName, "/contexts/0/context/cluster"),
    (IN_CONTEXT, "    user: w\n", Reason::DanglingName, "/contexts/0/context/user"),
    ("- name: u\n  user:\n    token: \"abc.def\"\n", "  []\n", Reason::NotOneUser, "/users"),
    ("- name: u\n  user:\n", "- name: u\n  usr:\n", Reason::UnknownField, "/users/0/usr"),
];

#[test]
fn good_file_is_read() {
    let kubeconfig = parse(GOOD).unwrap_or_else(|refusal| panic!("{refusal}"));
    assert_eq!(kubeconfig.server().as_str(), "https://api.example.org:6443/");
    assert_eq!(kubeconfig.authority_pem(), CERTIFICATE);
    assert!(matches!(kubeconfig.credential(), Credential::Token(_)));
    assert!(!format!("{kubeconfig:?}").contains("abc.def"));
}

#[test]
fn client_certificate_and_explicit_false_are_read() {
    let text = GOOD
        .replace(IN_USER, "    client-certificate-data: CA\n    client-key-data: KEY\n")
        .replace(IN_CLUSTER, "    certificate-authority-data: CA\n    insecure-skip-tls-verify: false\n");
    let kubeconfig = parse(&text).unwrap_or_else(|refusal| panic!("{refusal}"));
    assert!(matches!(kubeconfig.credential(), Credential::Certificate { .. }));
    assert!(!format!("{kubeconfig:?}").contains("PRIVATE KEY"));
}

#[test]
fn json_is_read() {
    let value: serde_json::Value = serde_saphyr::from_str(&filled(GOOD)).unwrap_or_default();
    assert!(Kubeconfig::parse(&value.to_string()).is_ok());
}

#[test]
fn hostile_files_are_refused_each_with_its_reason() {
    let added = ADDED.iter().map(|(after, lines, reason, pointer)| {
        (GOOD.replace(after, &format!("{after}{lines}")), lines, reason, pointer)
    });
    let replaced = REPLACED.iter().map(|(old, new, reason, pointer)| (GOOD.replace(old, new), new, reason, pointer));
    for (text, case, reason, pointer) in added.chain(replaced) {
        assert_ne!(text, GOOD, "{case:?} changes nothing");
        match parse(&text) {
            Ok(_) => panic!("{case:?} was accepted"),
            Err(refusal) => {
                assert_eq!((refusal.reason, refusal.pointer.as_str()), (*reason, *pointer), "{case:?}");
            }
        }
    }
}

#[test]
fn words_of_reasons_do_not_change() {
    for (.., reason, _) in ADDED.iter().chain(REPLACED) {
        let name = format!("{reason:?}");
        let mut word = String::new();
        for character in name.chars() {
            if character.is_uppercase() && !word.is_empty() {
                word.push('_');
            }
            word.push(character.to_ascii_uppercase());
        }
        assert_eq!(reason.as_str(), word);
    }
    let refusal = super::KubeconfigRefusal::new(Reason::Exec, "/users/0/user/exec");
    assert_eq!(refusal.to_string(), "EXEC at \"/users/0/user/exec\"");
}

#[test]
fn pem_blocks_are_whole_and_of_one_kind() {
    let body = CERTIFICATE.trim_end();
    let other_end = CERTIFICATE.replace("END CERTIFICATE", "END PRIVATE KEY");
    let no_end = CERTIFICATE.replace("-----END CERTIFICATE-----\n", "");
    let nested = CERTIFICATE.replace("MIIB\n", CERTIFICATE);
    for (pem, good) in [
        (format!("Issuer: a\n{CERTIFICATE}\n{CERTIFICATE}"), true),
        (body.replace('\n', "\r\n"), true),
        (other_end, false),
        (no_end.clone(), false),
        (format!("{CERTIFICATE}{no_end}"), false),
        (nested, false),
        (format!("{CERTIFICATE}{KEY}"), false),
        (format!("-----END CERTIFICATE-----\n{CERTIFICATE}"), false),
        ("no certificate".to_owned(), false),
    ] {
        let text = GOOD.replace("data: CA", &format!("data: {}", STANDARD.encode(&pem)));
        let found = Kubeconfig::parse(&text).map_err(|refusal| refusal.reason);
        assert_eq!(found.as_ref().err(), (!good).then_some(&Reason::NotPem), "{pem}");
        if let Ok(kubeconfig) = found {
            assert_eq!(kubeconfig.authority_pem(), pem);
        }
    }
}

#[test]
fn sixty_four_kibibytes_are_read_and_not_a_byte_more() {
    let good = filled(GOOD);
    let filler = 64 * 1024 - good.len() - "#\n".len();
    let largest = format!("{good}#{}\n", "x".repeat(filler));
    assert_eq!(largest.len(), 65_536);
    assert!(Kubeconfig::parse(&largest).is_ok());
    let found = Kubeconfig::parse(&format!("{largest}\n")).map_err(|refusal| refusal.reason);
    assert_eq!(found.err(), Some(Reason::TooLarge));
}

#[test]
fn large_and_deep_files_are_refused() {
    let large = format!("{GOOD}#{}", "x".repeat(SIZE_LIMIT_BYTES));
    let deep = format!("a: {}{}", "[".repeat(200), "]".repeat(200));
    let wide = format!("a: [{}]", "1,".repeat(20_000));
    let bomb = "a: &a [1,1]\nb: &b [*a,*a]\nc: [*b,*b]\n";
    for (text, reason) in [
        (large.as_str(), Reason::TooLarge),
        (deep.as_str(), Reason::TooComplex),
        (wide.as_str(), Reason::TooComplex),
        (bomb, Reason::Alias),
        ("", Reason::WrongType),
        ("[]", Reason::WrongType),
    ] {
        let found = Kubeconfig::parse(text).map_err(|refusal| refusal.reason);
        assert_eq!(found.err(), Some(reason));
    }
}

#[test]
fn mangled_files_are_answered_and_never_panic() {
    let good = filled(GOOD);
    for (at, _) in good.char_indices() {
        let _ = Kubeconfig::parse(&good[..at]);
        for piece in ["\t", ": ", "- ", "&a ", "*a", "!!binary ", "\"", "{", "%", "\u{feff}", "? "] {
            let _ = Kubeconfig::parse(&format!("{}{piece}{}", &good[..at], &good[at..]));
        }
    }
}

fn parse(text: &str) -> Result<Kubeconfig, super::KubeconfigRefusal> {
    Kubeconfig::parse(&filled(text))
}

/// Puts real base64 where the cases say `CA` and `KEY`.
fn filled(text: &str) -> String {
    text.replace("data: CA", &format!("data: {}", STANDARD.encode(CERTIFICATE)))
        .replace("data: &a CA", &format!("data: &a {}", STANDARD.encode(CERTIFICATE)))
        .replace("data: KEY", &format!("data: {}", STANDARD.encode(KEY)))
}
