import "@patternfly/react-styles/css/components/Tabs/tabs.css";
import { Link } from "./Link";

interface Props {
  /** Names the tabs to screen readers. */
  label: string;
  tabs: readonly { name: string; title: string; to: string }[];
  current: string;
}

/** Links that look like tabs, each to a view with an address of its own: PatternFly's markup without its menus for tabs that do not fit. */
export function NavTabs({ label, tabs, current }: Props) {
  return (
    <nav className="pf-v6-c-tabs pf-m-nav" aria-label={label}>
      <ul className="pf-v6-c-tabs__list">
        {tabs.map(({ name, title, to }) => (
          <li key={name} className={`pf-v6-c-tabs__item ${name === current ? "pf-m-current" : ""}`}>
            <Link to={to} className="pf-v6-c-tabs__link" {...(name === current ? { "aria-current": "page" as const } : {})}>
              <span className="pf-v6-c-tabs__item-text">{title}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
