import { Bar, BarChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";

/** A stretch of time: how long in milliseconds, what it was in words, and its colour as a token of PatternFly. */
export interface Stretch {
  length: number;
  words: string;
  color: string;
}

interface Props {
  /** Says what the picture shows to those who do not see it. */
  title: string;
  stretches: readonly Stretch[];
}

const HEIGHT = 28;

/** Stretches of time side by side. Loaded only where it is shown. */
export default function Timeline({ title, stretches }: Props) {
  const row = Object.fromEntries(stretches.map(({ length }, index) => [`s${index}`, length]));
  return (
    <div role="img" aria-label={title}>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <BarChart layout="vertical" data={[row]} margin={{ top: 4, right: 0, bottom: 4, left: 0 }} accessibilityLayer={false}>
          <XAxis type="number" hide domain={[0, "dataMax"]} />
          <YAxis type="category" hide />
          <Tooltip shared={false} content={<Words stretches={stretches} />} cursor={false} isAnimationActive={false} />
          {stretches.map(({ color }, index) => (
            <Bar key={index} dataKey={`s${index}`} stackId="time" fill={color} barSize={20} isAnimationActive={false} />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

function Words({ stretches, payload }: { stretches: readonly Stretch[]; payload?: readonly { dataKey?: unknown }[] }) {
  const key = payload?.[0]?.dataKey;
  const stretch = typeof key === "string" ? stretches[Number(key.slice(1))] : undefined;
  return stretch === undefined ? null : <div className="shepherd-chart-tip">{stretch.words}</div>;
}
