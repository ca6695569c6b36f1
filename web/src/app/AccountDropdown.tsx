import { Divider, Dropdown, DropdownGroup, DropdownItem, DropdownList } from "@patternfly/react-core";
import { useEffect, useState, type ReactNode, type RefObject } from "react";
import { api } from "../api/client";
import { useText } from "../messages/catalogue";
import { paths } from "../paths";
import { useLanguage } from "./language";
import { useMe } from "./session";
import { shellText } from "./shellText";
import { chooseTheme, storedTheme, type Theme } from "./theme";
import { useGo } from "./url";
import { useWrite } from "./write";

const THEMES: readonly { theme: Theme; label: "themeSystem" | "themeLight" | "themeDark" }[] = [
  { theme: "system", label: "themeSystem" },
  { theme: "light", label: "themeLight" },
  { theme: "dark", label: "themeDark" },
];

interface Props {
  toggle: ReactNode;
  toggleRef: RefObject<HTMLButtonElement | null>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** What the account menu holds: sessions, password, theme, language, the way out. Loaded when it is first opened. */
export function AccountDropdown({ toggle, toggleRef, open, onOpenChange }: Props) {
  const text = useText(shellText);
  const { principal, roles } = useMe();
  const { locale, choose } = useLanguage();
  const [theme, setTheme] = useState(storedTheme);
  const go = useGo();
  // The toggle has just moved in here: the menu finds its place once that stands.
  const [placed, setPlaced] = useState(false);
  useEffect(() => setPlaced(true), []);
  const signOut = useWrite<null, unknown>(() => api.POST("/api/v1/auth/logout"), [], () => {
    // A whole load: nothing that was read for this person stays in memory.
    window.location.assign(paths.signIn());
  });
  const pick = (chosen: Theme) => {
    chooseTheme(chosen);
    setTheme(chosen);
  };
  const held = [...new Set(roles.map(({ role }) => role))].join(", ");
  return (
    <Dropdown
      isOpen={open && placed}
      onOpenChange={onOpenChange}
      onSelect={() => onOpenChange(false)}
      popperProps={{ position: "right" }}
      toggle={{ toggleNode: toggle, toggleRef }}
    >
      <DropdownGroup label={held || principal.username}>
        <DropdownList>
          <DropdownItem onClick={() => go(paths.sessions())}>{text("sessions")}</DropdownItem>
          <DropdownItem onClick={() => go(paths.password())}>{text("changePassword")}</DropdownItem>
          <DropdownItem to={paths.apiDocs()} isExternalLink>
            {text("apiReference")}
          </DropdownItem>
        </DropdownList>
      </DropdownGroup>
      <Divider />
      <DropdownGroup label={text("theme")}>
        <DropdownList>
          {THEMES.map(({ theme: value, label }) => (
            <DropdownItem key={value} isSelected={theme === value} onClick={() => pick(value)}>
              {text(label)}
            </DropdownItem>
          ))}
        </DropdownList>
      </DropdownGroup>
      <DropdownGroup label={text("language")}>
        <DropdownList>
          <DropdownItem lang="en" isSelected={locale === "en"} onClick={() => choose("en")}>
            English
          </DropdownItem>
          <DropdownItem lang="zh-CN" isSelected={locale === "zh-CN"} onClick={() => choose("zh-CN")}>
            简体中文
          </DropdownItem>
        </DropdownList>
      </DropdownGroup>
      <Divider />
      <DropdownList>
        <DropdownItem onClick={() => signOut.mutate(null)}>{text("signOut")}</DropdownItem>
      </DropdownList>
    </Dropdown>
  );
}
