import { catalogue } from "../messages/catalogue";

/** Words of what a VM gets. */
export const sizeText = catalogue(
  { line: "{cores} vCPU · {memory} memory · {disk, number} GiB disk", diskless: "{cores} vCPU · {memory} memory" },
  { line: "{cores} vCPU · {memory} 内存 · {disk, number} GiB 磁盘", diskless: "{cores} vCPU · {memory} 内存" },
);
