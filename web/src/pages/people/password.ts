/** Letters and digits that are not mistaken for one another when read aloud or copied by hand. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 5;
const LENGTH = 5;

/** A password to begin with, from the browser's random source: 25 characters in groups, about 123 bits. */
export function firstPassword(): string {
  return Array.from({ length: GROUPS }, () => Array.from({ length: LENGTH }, letter).join("")).join("-");
}

function letter(): string {
  // Values beyond the largest multiple are drawn again, so that every letter is as likely.
  const bound = 256 - (256 % ALPHABET.length);
  for (;;) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < bound) return ALPHABET.charAt(byte % ALPHABET.length);
  }
}
