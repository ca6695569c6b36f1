// What the local cluster is told to do to machines of a namespace.
import { readFileSync } from "node:fs";
import { request } from "node:https";

/** Has the played KubeVirt treat machines so; see devcluster/kubevirt/README.md. */
export async function behave(kubeconfig, rule) {
  await post(kubeconfig, "/api/v1/namespaces/kubevirt/configmaps", {
    metadata: {
      generateName: "pictures-",
      labels: { "devcluster.kubevirt-shepherd.io/behaviour": "true" },
    },
    data: { rule: JSON.stringify(rule) },
  });
}

/** Has the gateway answer in the API server's stead; see devcluster/gateway/README.md. */
export async function fail(gateway, match, fault) {
  const answer = await fetch(`${gateway}/faults`, { method: "POST", body: JSON.stringify({ match, fault }) });
  if (!answer.ok) throw new Error(`the gateway refuses a fault: ${await answer.text()}`);
}

function post(kubeconfig, path, body) {
  const text = readFileSync(kubeconfig, "utf8");
  const value = (name) => new RegExp(`${name}: (\\S+)`).exec(text)?.[1] ?? "";
  const decoded = (name) => Buffer.from(value(name), "base64");
  const options = {
    method: "POST",
    headers: { "content-type": "application/json" },
    ca: decoded("certificate-authority-data"),
    cert: decoded("client-certificate-data"),
    key: decoded("client-key-data"),
  };
  return new Promise((done, failed) => {
    const sent = request(new URL(path, value("server")), options, (answer) => {
      answer.resume();
      if (answer.statusCode === 201) answer.on("end", done);
      else failed(new Error(`POST ${path}: ${answer.statusCode}`));
    });
    sent.on("error", failed);
    sent.end(JSON.stringify(body));
  });
}
