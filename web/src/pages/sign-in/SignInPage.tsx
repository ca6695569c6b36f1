import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, type Schemas } from "../../api/client";
import { useRead } from "../../app/read";
import { signalSignedIn } from "../../app/signedOut";
import { useGo, useUrl } from "../../app/url";
import { Entrance } from "../../components/Entrance";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { SignInForm } from "./SignInForm";
import { signInText } from "./text";

/** Signs somebody in and leads back to where they wanted to go. An installation nobody has set up leads there first. */
export function Page() {
  const text = useText(signInText);
  const client = useQueryClient();
  const [{ back }] = useUrl();
  const go = useGo();
  const setUp = useRead<Schemas["SetupState"]>(["setup"], (signal) => api.GET("/api/v1/setup", { signal }), {
    every: false,
  });
  const required = setUp.data?.required === true;
  useEffect(() => {
    if (required) go(paths.setUp(), { replace: true });
  }, [required, go]);
  const onSignedIn = ({ must_change_password }: Schemas["SignedIn"]) => {
    signalSignedIn();
    client.removeQueries({ queryKey: ["me"] });
    // Only a path of our own: a link may carry anything.
    const target = back?.startsWith("/") && !back.startsWith("//") ? back : paths.home();
    go(must_change_password ? paths.password() : target, { replace: true });
  };
  return (
    <Entrance title={text("title")} subtitle={text("subtitle")}>
      <SignInForm onSignedIn={onSignedIn} />
    </Entrance>
  );
}
