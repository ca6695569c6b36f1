import { catalogue } from "../messages/catalogue";

/** Words of what a VM gets. */
export const sizeText = catalogue(
  { line: "{cores}\u00a0vCPU · {memory}\u00a0memory · {disk, number}\u00a0GiB\u00a0disk", diskless: "{cores}\u00a0vCPU · {memory}\u00a0memory" },
  { line: "{cores}\u00a0vCPU · {memory}\u00a0内\u2060存 · {disk, number}\u00a0GiB\u00a0磁\u2060盘", diskless: "{cores}\u00a0vCPU · {memory}\u00a0内\u2060存" },
);
