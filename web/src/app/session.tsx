import { createContext, use } from "react";
import { api, type Schemas } from "../api/client";
import { useRead } from "./read";

/** Who is signed in. */
export type Me = Schemas["Me"];

/** Reads who is signed in. */
export function useReadMe() {
  return useRead<Me>(["me"], (signal) => api.GET("/api/v1/auth/me", { signal }), { every: 15_000 });
}

/** Who is signed in, for everything inside. */
export const MeContext = createContext<Me | null>(null);

/** Who is signed in. Only pages inside the shell may ask. */
export function useMe(): Me {
  const me = use(MeContext);
  if (!me) throw new Error("nobody is signed in here");
  return me;
}

/** Whether the caller holds a permission in any scope; the server has the last word. */
export function useMay(permission: string): boolean {
  return useMe().permissions.includes(permission);
}
