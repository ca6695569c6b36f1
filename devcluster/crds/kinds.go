package main

const (
	kubevirt = "kubevirt.io/api v1.9.0"
	cdi      = "kubevirt.io/containerized-data-importer-api v1.66.0"
)

// kind is what KubeVirt's operator adds to the schema in code of its own, outside the API module. CDI marks
// its types, so controller-gen knows most of it.
type kind struct {
	source  string
	cluster bool // cluster-wide; the generated scope is Namespaced
	status  bool // status is a subresource
	short   []string
	columns []column
}

type column struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	JSONPath string `json:"jsonPath"`
	Priority int    `json:"priority,omitempty"` // above 0: shown by -o wide only
}

var age = column{Name: "Age", Type: "date", JSONPath: ".metadata.creationTimestamp"}

func phase() column { return column{Name: "Phase", Type: "string", JSONPath: ".status.phase"} }

func condition(name string, priority int) column {
	conditionType := name
	if name == "Live-Migratable" {
		conditionType = "LiveMigratable"
	}
	path := ".status.conditions[?(@.type=='" + conditionType + "')].status"
	return column{Name: name, Type: "string", JSONPath: path, Priority: priority}
}

// kinds are those the local cluster serves, by the name controller-gen gives the file. Each kind costs the
// API server about 8 MiB, so this is not everything KubeVirt has.
var kinds = map[string]kind{
	"kubevirt.io_kubevirts": {
		source: kubevirt, status: true, short: []string{"kv", "kvs"},
		columns: []column{age, phase()},
	},
	"kubevirt.io_virtualmachines": {
		source: kubevirt, status: true, short: []string{"vm", "vms"},
		columns: []column{
			age,
			{Name: "Status", Type: "string", JSONPath: ".status.printableStatus"},
			condition("Ready", 0),
		},
	},
	// No status subresource: virt-handler writes status and metadata in one PUT.
	"kubevirt.io_virtualmachineinstances": {
		source: kubevirt, short: []string{"vmi", "vmis"},
		columns: []column{
			age,
			phase(),
			{Name: "IP", Type: "string", JSONPath: ".status.interfaces[0].ipAddress"},
			{Name: "NodeName", Type: "string", JSONPath: ".status.nodeName"},
			condition("Ready", 0),
			condition("Live-Migratable", 1),
			condition("Paused", 1),
		},
	},
	"kubevirt.io_virtualmachineinstancemigrations": {
		source: kubevirt, status: true, short: []string{"vmim", "vmims"},
		columns: []column{
			phase(),
			{Name: "VMI", Type: "string", JSONPath: ".spec.vmiName"},
		},
	},

	"instancetype.kubevirt.io_virtualmachineinstancetypes": {
		source: kubevirt, short: []string{"vminstancetype", "vminstancetypes", "vmf", "vmfs"},
	},
	"instancetype.kubevirt.io_virtualmachineclusterinstancetypes": {
		source: kubevirt, cluster: true, short: []string{"vmclusterinstancetype", "vmclusterinstancetypes", "vmcf", "vmcfs"},
	},
	"instancetype.kubevirt.io_virtualmachinepreferences": {
		source: kubevirt, short: []string{"vmpref", "vmprefs", "vmp", "vmps"},
	},
	"instancetype.kubevirt.io_virtualmachineclusterpreferences": {
		source: kubevirt, cluster: true, short: []string{"vmcp", "vmcps"},
	},

	"snapshot.kubevirt.io_virtualmachinesnapshots": {
		source: kubevirt, status: true, short: []string{"vmsnapshot", "vmsnapshots"},
		columns: []column{
			{Name: "SourceKind", Type: "string", JSONPath: ".spec.source.kind"},
			{Name: "SourceName", Type: "string", JSONPath: ".spec.source.name"},
			phase(),
			{Name: "ReadyToUse", Type: "boolean", JSONPath: ".status.readyToUse"},
			{Name: "CreationTime", Type: "date", JSONPath: ".status.creationTime"},
			{Name: "Error", Type: "string", JSONPath: ".status.error.message"},
		},
	},
	"snapshot.kubevirt.io_virtualmachinesnapshotcontents": {
		source: kubevirt, status: true, short: []string{"vmsnapshotcontent", "vmsnapshotcontents"},
		columns: []column{
			{Name: "ReadyToUse", Type: "boolean", JSONPath: ".status.readyToUse"},
			{Name: "CreationTime", Type: "date", JSONPath: ".status.creationTime"},
			{Name: "Error", Type: "string", JSONPath: ".status.error.message"},
		},
	},
	"snapshot.kubevirt.io_virtualmachinerestores": {
		source: kubevirt, status: true, short: []string{"vmrestore", "vmrestores"},
		columns: []column{
			{Name: "TargetKind", Type: "string", JSONPath: ".spec.target.kind"},
			{Name: "TargetName", Type: "string", JSONPath: ".spec.target.name"},
			{Name: "Complete", Type: "boolean", JSONPath: ".status.complete"},
			{Name: "RestoreTime", Type: "date", JSONPath: ".status.restoreTime"},
		},
	},

	"cdi.kubevirt.io_cdis":            {source: cdi},
	"cdi.kubevirt.io_datavolumes":     {source: cdi, status: true},
	"cdi.kubevirt.io_datasources":     {source: cdi},
	"cdi.kubevirt.io_dataimportcrons": {source: cdi},
	"cdi.kubevirt.io_storageprofiles": {source: cdi},
}
