import { expect, test } from "vitest";
import { causeOf } from "./noAnswer";

test("what an attempt to connect ended with is put into words", () => {
  expect(causeOf("ServiceError: client error (Connect): tcp connect error: Connection refused (os error 111)")).toBe("refused");
  expect(causeOf("client error (Connect): deadline has elapsed")).toBe("late");
  expect(causeOf("client error (Connect): operation timed out")).toBe("late");
  expect(causeOf("dns error: failed to lookup address information: Name or service not known")).toBe("name");
  expect(causeOf("invalid peer certificate: UnknownIssuer")).toBe("certificate");
  expect(causeOf("connection closed before message completed")).toBe("other");
});
