//! Templates: versions of what VMs boot from.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shepherd_domain::template::{BootSource as Source, TemplateStatus};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::given::given;
use crate::page::{Pagination, SortOrder};

/// What the root disk is made from.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum BootSource {
    /// Image pulled by the node; the root disk does not survive a restart of the VM.
    ContainerDisk {
        #[schema(example = "quay.io/containerdisks/ubuntu:24.04", max_length = 1024)]
        image: String,
    },
    /// Image imported by CDI over HTTP into a new volume.
    CdiImport {
        #[schema(example = "https://images.example.org/debian-13.qcow2", max_length = 1024)]
        url: String,
    },
    /// Volume cloned by CDI from an existing claim.
    CdiClone {
        #[schema(example = "golden-images", max_length = 253)]
        namespace: String,
        #[schema(example = "debian-13", max_length = 253)]
        name: String,
    },
}

impl From<BootSource> for Source {
    fn from(source: BootSource) -> Self {
        match source {
            BootSource::ContainerDisk { image } => Self::ContainerDisk { image },
            BootSource::CdiImport { url } => Self::CdiImport { url },
            BootSource::CdiClone { namespace, name } => Self::CdiClone { namespace, name },
        }
    }
}

impl From<Source> for BootSource {
    fn from(source: Source) -> Self {
        match source {
            Source::ContainerDisk { image } => Self::ContainerDisk { image },
            Source::CdiImport { url } => Self::CdiImport { url },
            Source::CdiClone { namespace, name } => Self::CdiClone { namespace, name },
        }
    }
}

/// A version of a template.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Template {
    pub id: Uuid,
    #[schema(example = "ubuntu-24-04")]
    pub name: String,
    pub version: i32,
    /// draft, active, deprecated, archived.
    #[schema(example = "active")]
    pub status: String,
    pub display_name: String,
    /// Markdown.
    pub description: String,
    pub os_family: String,
    pub os_version: String,
    pub boot_source: BootSource,
    /// `#cloud-config` document, verbatim; null also for callers who neither manage templates nor decide on requests.
    pub cloud_init: Option<String>,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Templates of one page, by name, newest version first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplateList {
    pub items: Vec<Template>,
    pub pagination: Pagination,
}

/// A draft to be created. Hardware belongs to instance sizes and is refused at any depth.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateCreate {
    /// 1 to 63 of `a-z 0-9 -`. The draft becomes the next version of this name.
    #[schema(example = "ubuntu-24-04", min_length = 1, max_length = 63, pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
    pub name: String,
    #[schema(example = "Ubuntu 24.04", min_length = 1, max_length = 100)]
    pub display_name: String,
    #[serde(default)]
    #[schema(max_length = 4096)]
    pub description: String,
    #[serde(default)]
    #[schema(example = "linux", max_length = 100)]
    pub os_family: String,
    #[serde(default)]
    #[schema(example = "24.04", max_length = 100)]
    pub os_version: String,
    pub boot_source: BootSource,
    /// `#cloud-config` document in YAML. No place for secrets: it stands in clear in tickets and on the cluster.
    #[schema(max_length = 2048)]
    pub cloud_init: Option<String>,
}

/// Changes to a draft.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateUpdate {
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, min_length = 1, max_length = 100, required = false)]
    pub display_name: Option<String>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 4096, required = false)]
    pub description: Option<String>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 100, required = false)]
    pub os_family: Option<String>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 100, required = false)]
    pub os_version: Option<String>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = BootSource, required = false)]
    pub boot_source: Option<BootSource>,
    /// Null takes the document away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 2048)]
    pub cloud_init: Option<Option<String>>,
}

/// Which templates.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TemplateParams {
    /// All versions of this name.
    pub name: Option<String>,
    /// draft, active, deprecated, archived.
    #[param(value_type = Option<String>, pattern = "^(draft|active|deprecated|archived)$", example = "active")]
    pub status: Option<TemplateStatus>,
    /// From 1.
    #[param(minimum = 1, maximum = 100_000, default = 1)]
    pub page: Option<i64>,
    /// 20 unless given, at most 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub per_page: Option<i64>,
    pub sort_order: Option<SortOrder>,
}
