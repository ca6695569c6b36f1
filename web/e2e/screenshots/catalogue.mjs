// What can be asked for, where it runs and for whom.

const CLOUD_INIT = "#cloud-config\npackage_update: true\npackages:\n  - qemu-guest-agent\nssh_pwauth: false\n";
const disk = (image) => ({ kind: "container_disk", image: `quay.io/containerdisks/${image}` });
const imported = (file) => ({ kind: "cdi_import", url: `https://images.city-hospital.example/${file}` });
const GIB = 1024;

const TEMPLATES = [
  ["ubuntu-24-04", "Ubuntu 24.04 LTS", "Ubuntu", "24.04", "General purpose. Patched monthly by the platform team.", imported("ubuntu-24.04.qcow2")],
  ["debian-13", "Debian 13", "Debian", "13", "Small and steady; for appliances and databases.", imported("debian-13.qcow2")],
  ["rhel-9", "Red Hat Enterprise Linux 9", "RHEL", "9.6", "For certified software. Subscription included.", imported("rhel-9.6.qcow2")],
  ["windows-2025", "Windows Server 2025", "Windows Server", "2025", "Domain join by Ansible after the first start.", imported("windows-server-2025.qcow2")],
  ["kiosk-13", "Kiosk", "Debian", "13", "A browser and nothing else, fresh at every start; for test stands.", disk("debian:13")],
];

const SIZES = [
  ["economy", "Economy", "Shares its processors; for tests that may be slow.", 2, 2, { cpu_request_millis: 500, memory_request_mib: GIB }, [20, 10, 40]],
  ["small", "Small", "Web front ends and agents.", 2, 4, {}, [20, 10, 60]],
  ["medium", "Medium", "Application servers.", 4, 16, {}, [40, 20, 200]],
  ["large", "Large", "Databases up to 100 GiB.", 8, 32, {}, [100, 40, 500]],
  ["database-pinned", "Database, pinned", "Dedicated cores and huge pages for steady latency.", 8, 64, { dedicated_cpu: true, hugepages: "1Gi" }, [200, 100, 2000]],
  ["gpu-a10", "GPU A10", "One NVIDIA A10 for imaging and inference.", 8, 64, { gpus: [{ name: "gpu0", device_name: "nvidia.com/GA102GL_A10" }] }, [100, 50, 500]],
  ["legacy-2021", "Legacy 2021", "Kept for machines of the old hall.", 1, 1, { enabled: false }, [10, 10, 20]],
];

const NAMESPACES = {
  "payments-prod": ["prod", "Payments, production"],
  "payments-test": ["test", "Payments, test and load tests"],
  "portal-prod": ["prod", "Patient portal"],
  "portal-test": ["test", "Patient portal, acceptance tests"],
  "imaging-prod": ["prod", "Radiology archive and viewers"],
  "gis-test": ["test", "Geographic information, trials"],
  "records-prod": ["prod", "Land and court records"],
};

const SYSTEMS = {
  payments: ["rita", "Card payments and the ledger behind them", "ledger", "card-gateway", "fraud-check"],
  "patient-portal": ["jonas", "Appointments, findings and messages for patients", "web", "appointments"],
  imaging: ["meiling", "Radiology: archive, viewers, inference", "pacs-archive", "viewer", "inference"],
  gis: ["samir", "Maps of the city", "tiles", "geocoder"],
  records: ["samir", "Land register and court files", "search", "scanner"],
};

/** Makes the catalogue, the clusters and the places; answers the ids by name. */
export async function furnish(as, kubeconfig) {
  const ids = { templates: {}, sizes: {}, namespaces: {}, services: {}, systems: {} };
  for (const template of TEMPLATES) ids.templates[template[0]] = await publish(as.ada, template);
  ids.templates["ubuntu-24-04"] = await publish(as.ada, TEMPLATES[0], " Guest agent and hardened SSH.");
  await as.ada("POST", `/templates/${ids.templates["rhel-9"]}/deprecate`, {});
  const opensuse = ["opensuse-16", "openSUSE Leap 16", "openSUSE", "16.0", "On trial until January.", disk("opensuse:16.0")];
  ids.draft = await draft(as.ada, opensuse);
  for (const [order, [name, display_name, description, cpu_cores, gib, more, [default_gib, min_gib, max_gib]]] of SIZES.entries()) {
    const size = { name, display_name, description, cpu_cores, memory_mib: gib * GIB, sort_order: order * 10, ...more };
    ids.sizes[name] = (await as.ada("POST", "/instance-sizes", { ...size, disk: { default_gib, min_gib, max_gib } })).id;
  }
  for (const [name, [environment, description]] of Object.entries(NAMESPACES)) {
    ids.namespaces[name] = { environment, id: (await as.ada("POST", "/namespaces", { name, environment, description })).id };
  }
  for (const [name, [owner, description, ...services]] of Object.entries(SYSTEMS)) {
    ids.systems[name] = (await as[owner]("POST", "/systems", { name, description })).id;
    for (const service of services) {
      ids.services[service] = (await as[owner]("POST", "/services", { system_id: ids.systems[name], name: service })).id;
    }
  }
  ids.clusters = await clusters(as.ada, kubeconfig);
  return ids;
}

async function draft(admin, [name, display_name, os_family, os_version, description, boot_source], more = "") {
  const template = { name, display_name, os_family, os_version, description: description + more, boot_source };
  return (await admin("POST", "/templates", { ...template, ...(os_family !== "Windows Server" ? { cloud_init: CLOUD_INIT } : {}) })).id;
}

async function publish(admin, template, more) {
  const id = await draft(admin, template, more);
  await admin("POST", `/templates/${id}/activate`, {});
  return id;
}

/** Two that work, one that nobody answers at, one that does not know us. */
async function clusters(admin, kubeconfig) {
  const stranger = kubeconfig.replace(/(token: ).*/, "$1eyJhbGciOiJSUzI1NiJ9.e30.AAAA");
  const gone = kubeconfig.replace(/(server: https:\/\/[^:]+:)\d+/, "$11");
  const found = {};
  for (const [name, display_name, environment, credential] of [
    ["berlin-1", "Berlin 1", "prod", kubeconfig],
    ["berlin-2", "Berlin 2", "test", kubeconfig],
    ["hamburg-1", "Hamburg 1", "prod", gone],
    ["vienna-lab", "Vienna laboratory", "test", stranger],
  ]) {
    found[name] = (await admin("POST", "/clusters", { name, display_name, environment, kubeconfig: credential })).id;
  }
  await reaches(admin, found);
  return found;
}

async function reaches(admin, ids) {
  for (const end = Date.now() + 120_000; Date.now() < end; ) {
    const seen = await Promise.all(Object.values(ids).map((id) => admin("GET", `/clusters/${id}`)));
    if (seen.every(({ status }) => status !== "UNKNOWN")) return;
    await new Promise((later) => setTimeout(later, 250));
  }
  throw new Error("the clusters were not checked");
}
