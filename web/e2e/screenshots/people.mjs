// The people of an installation that pictures are taken of.
import { api, call } from "../people.mjs";

/** Username, name and roles; the first is made by the set-up. */
export const PEOPLE = {
  ada: ["Ada Lindqvist"],
  rita: ["Rita Moreau", "Operator"],
  jonas: ["Jonas Weber", "Operator"],
  meiling: ["李美玲", "Operator"],
  samir: ["Samir Haddad", "Operator", "Viewer"],
  anton: ["Anton Berger", "Approver"],
  berta: ["Berta Kowalska", "Approver"],
  nadia: ["Nadia Okonkwo", "SRE"],
  uma: ["Uma Sørensen", "Auditor"],
  leo: ["Leonardo Ferri", "TenantAdmin"],
  max: ["Maximiliane von Hohenberg-Trauttmansdorff", "Viewer"],
};

/** Makes everybody but the first; answers a client of the API for each. */
export async function hire(world) {
  const admin = await api(world, "ada");
  const first = "only for the first day 99";
  const clients = { ada: admin };
  for (const [username, [name, ...roles]] of Object.entries(PEOPLE)) {
    if (username === "ada") continue;
    const email = `${username}@city-hospital.example`;
    const { id } = await admin("POST", "/users", { username, display_name: name, email, password: first });
    for (const role of roles) await admin("POST", "/role-bindings", { principal_id: id, role });
    const token = await api({ ...world, password: first }, username);
    await token("POST", "/auth/password", { current_password: first, new_password: world.password });
    clients[username] = await api(world, username);
  }
  return clients;
}

/** The set-up that the first visitor makes. */
export async function setUp(world) {
  const [display_name] = PEOPLE.ada;
  await call(world, "POST", "/setup", { token: world.token, username: "ada", display_name, password: world.password });
}
