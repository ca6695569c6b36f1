//! Where we may connect to.
//!
//! A kubeconfig comes from a person; its server may point at our own network. The name is resolved
//! here, once per connection, the addresses are filtered here, and the connection goes to exactly
//! those addresses: a second answer of the name server cannot change the target.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::Name;
use ipnet::IpNet;
use tower::Service;
use url::Host;

/// Addresses of cloud metadata services; only an entry of exactly that address allows them.
const METADATA: &[IpAddr] = &[
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

/// Networks that are not public but allowed all the same (`SHEPHERD_EGRESS_ALLOW`).
#[derive(Debug, Clone, Default)]
pub struct EgressPolicy {
    allow: Arc<[IpNet]>,
}

impl EgressPolicy {
    /// Allows public addresses and the given networks.
    pub fn new(allow: impl IntoIterator<Item = IpNet>) -> Self {
        Self { allow: allow.into_iter().collect() }
    }

    /// Whether we may connect to the address.
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        if METADATA.contains(&address) {
            return self.allow.iter().any(|net| net.prefix_len() == net.max_prefix_len() && net.contains(&address));
        }
        is_public(address) || self.allow.iter().any(|net| net.contains(&address))
    }

    /// Refuses a literal address that the policy forbids; names are judged when they are resolved.
    pub(super) fn judge(&self, host: &Host<&str>) -> Result<(), EgressDenied> {
        let address = match host {
            Host::Domain(_) => return Ok(()),
            Host::Ipv4(address) => IpAddr::V4(*address),
            Host::Ipv6(address) => IpAddr::V6(*address),
        };
        if self.permits(address) { Ok(()) } else { Err(EgressDenied { host: address.to_string() }) }
    }
}

/// Text that is no list of networks.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no network such as 10.0.0.0/8")]
pub struct EgressPolicyError(String);

impl FromStr for EgressPolicy {
    type Err = EgressPolicyError;

    /// Parses networks or single addresses, separated by commas.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        let nets = words.map(|word| {
            let single = || word.parse::<IpAddr>().map(IpNet::from);
            word.parse::<IpNet>().or_else(|_| single()).map_err(|_| EgressPolicyError(word.to_owned()))
        });
        Ok(Self { allow: nets.collect::<Result<_, _>>()? })
    }
}

/// The policy forbids every address of the host.
#[derive(Debug, thiserror::Error)]
#[error("the egress policy forbids {host}")]
pub(super) struct EgressDenied {
    host: String,
}

/// Resolver that returns permitted addresses only.
#[derive(Debug, Clone)]
pub(super) struct Resolver(pub(super) EgressPolicy);

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let policy = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let permitted: Vec<_> = found.filter(|found| policy.permits(found.ip())).collect();
            if permitted.is_empty() {
                return Err(EgressDenied { host: name.as_str().to_owned() }.into());
            }
            Ok(permitted.into_iter())
        })
    }
}

/// Whether an address is an ordinary one of the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || a >= 224
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_documentation()
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)))
}

/// Global unicast is 2000::/3; inside it, tunnels and test ranges are taken out.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    (0x2000..0x4000).contains(&a)
        && !(a == 0x2001 && b < 0x0200)
        && !(a == 0x2001 && b == 0x0db8)
        && a != 0x2002
        && !(a == 0x3fff && b < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(policy: &str, address: &str) -> bool {
        let policy: EgressPolicy = policy.parse().unwrap_or_else(|error| panic!("{error}"));
        policy.permits(address.parse().unwrap_or_else(|error| panic!("{error}")))
    }

    #[test]
    fn only_public_addresses_are_permitted_by_default() {
        for address in ["1.1.1.1", "93.184.216.34", "172.32.0.1", "192.169.0.1", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(permits("", address), "{address}");
        }
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.1.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "3fff::1",
            "5f00::1",
        ] {
            assert!(!permits("", address), "{address}");
        }
    }

    #[test]
    fn allowed_networks_are_permitted() {
        assert!(permits("127.0.0.1", "127.0.0.1"));
        assert!(permits("127.0.0.1", "::ffff:127.0.0.1"));
        assert!(permits("10.0.0.0/8, fd00::/8", "fd12::1"));
        assert!(!permits("10.0.0.0/8", "11.0.0.1") || is_public_v4(Ipv4Addr::new(11, 0, 0, 1)));
        assert!(!permits("127.0.0.1", "127.0.0.2"));
    }

    #[test]
    fn metadata_needs_an_entry_of_its_own() {
        assert!(!permits("169.254.0.0/16", "169.254.169.254"));
        assert!(!permits("0.0.0.0/0,::/0", "fd00:ec2::254"));
        assert!(permits("169.254.169.254", "169.254.169.254"));
    }

    #[test]
    fn bad_list_is_refused() {
        assert!("10.0.0.0/33".parse::<EgressPolicy>().is_err());
        assert!("localhost".parse::<EgressPolicy>().is_err());
    }

    #[tokio::test]
    async fn name_that_points_at_loopback_is_refused() {
        let Ok(name) = "localhost".parse::<Name>() else { panic!("a name") };
        let refused = Resolver(EgressPolicy::default()).call(name.clone()).await;
        assert!(refused.is_err_and(|error| error.is::<EgressDenied>()));
        let allowed = Resolver(EgressPolicy::new(["127.0.0.0/8", "::1/128"].iter().filter_map(|n| n.parse().ok())));
        assert!(allowed.clone().call(name).await.is_ok());
    }
}
