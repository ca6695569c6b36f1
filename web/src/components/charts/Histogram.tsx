import { Bar, BarChart, ResponsiveContainer, Tooltip, XAxis } from "recharts";

/** A bar: its place on the axis, what it means in words, and how high it is. */
export interface HistogramBar {
  label: string;
  words: string;
  count: number;
}

interface Props {
  /** Says what the picture shows; the bars in words follow it for those who do not see it. */
  title: string;
  bars: readonly HistogramBar[];
  /** Colour of the bars, as a token of PatternFly. */
  color?: string;
}

const HEIGHT = 64;

/** A small distribution. Loaded only where it is shown. */
export default function Histogram({ title, bars, color = "var(--pf-t--global--color--brand--default)" }: Props) {
  const words = bars.filter(({ count }) => count > 0).map((bar) => bar.words);
  return (
    <div role="img" aria-label={`${title}. ${words.join("; ")}`}>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <BarChart data={[...bars]} margin={{ top: 2, right: 0, bottom: 0, left: 0 }} barCategoryGap={2} accessibilityLayer={false}>
          <XAxis dataKey="label" hide />
          <Tooltip content={<Words />} cursor={{ fill: "var(--pf-t--global--background--color--action--plain--hover)" }} isAnimationActive={false} />
          <Bar dataKey="count" fill={color} radius={2} minPointSize={2} isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

function Words({ payload }: { payload?: readonly { payload?: HistogramBar }[] }) {
  const words = payload?.[0]?.payload?.words;
  return words === undefined ? null : <div className="shepherd-chart-tip">{words}</div>;
}
