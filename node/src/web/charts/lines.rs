//! Lines over years.

use std::fmt::Write;

use super::{
    BOTTOM, COLOURS, HEIGHT, LEFT, TOP, WIDTH, across, begun, below_line, ceiling, escaped, scaled,
};

/// How the lines of a chart are broken, so that they are told apart without their colours.
const DASHES: [&str; 3] = [
    "",
    " stroke-dasharray=\"10 5\"",
    " stroke-dasharray=\"3 5\"",
];

/// A line, where it has values.
pub(in crate::web) struct Line {
    /// What it is of.
    pub(in crate::web) name: String,
    /// Years and values.
    pub(in crate::web) points: Vec<(u16, i64)>,
}

impl Line {
    /// The colour of a line, and how it is broken: attributes of an SVG element.
    pub(in crate::web) fn stroke(at: usize) -> String {
        let (colour, dash) = (COLOURS[at % COLOURS.len()], DASHES[at % DASHES.len()]);
        format!("stroke=\"{colour}\"{dash}")
    }
}

/// The heights between which values lie: zero is always one of them, or between them.
struct Span {
    /// The distance between lines across, and how many there are below zero and above.
    step: u64,
    below: u64,
    above: u64,
}

impl Span {
    fn of(values: impl Iterator<Item = i64>) -> Self {
        let (least, most) = values.fold((0, 0), |(least, most), it| (it.min(least), it.max(most)));
        let (least, most) = (least.unsigned_abs(), most.unsigned_abs());
        let step = (ceiling(least.max(most)) / 4).max(1);
        Self {
            step,
            below: least.div_ceil(step),
            above: most.div_ceil(step).max(u64::from(least == 0)),
        }
    }

    fn y(&self, value: i64) -> u32 {
        let bottom = self.below.saturating_mul(self.step);
        let above = if value < 0 {
            bottom.saturating_sub(value.unsigned_abs())
        } else {
            bottom.saturating_add(value.unsigned_abs())
        };
        let all = (self.below + self.above).saturating_mul(self.step);
        HEIGHT - BOTTOM - scaled(above, all, HEIGHT - BOTTOM - TOP)
    }

    /// Values at which a line is drawn across.
    fn grid(&self) -> Vec<i64> {
        let value = |count: u64| i64::try_from(self.step.saturating_mul(count)).unwrap_or(i64::MAX);
        let below = (1..=self.below).rev().map(|count| -value(count));
        below.chain((0..=self.above).map(value)).collect()
    }
}

/// A line over years for each series, where one has values. `year` and `shown` write a year and a value for people.
pub(in crate::web) fn lines(
    title: &str,
    series: &[Line],
    year: impl Fn(u16) -> String,
    shown: impl Fn(i64) -> String,
) -> String {
    let all = || series.iter().flat_map(|it| &it.points);
    let (Some(first), Some(last)) = (all().map(|it| it.0).min(), all().map(|it| it.0).max()) else {
        return String::new();
    };
    let span = Span::of(all().map(|it| it.1));
    let years = u32::from(last - first).max(1);
    let x = |year: u16| LEFT + 20 + u32::from(year - first) * (WIDTH - LEFT - 40) / years;
    let mut svg = begun(title, HEIGHT);
    for value in span.grid() {
        across(&mut svg, span.y(value), &shown(value));
    }
    let every = (years / 10).max(1);
    for it in (first..=last).filter(|it| u32::from(*it - first).is_multiple_of(every)) {
        below_line(&mut svg, x(it), &year(it));
    }
    for (at, line) in series.iter().enumerate() {
        let places = line.points.iter();
        let places = places.map(|(year, value)| format!("{},{}", x(*year), span.y(*value)));
        let _ = write!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" {} stroke-width=\"3\"/>",
            places.collect::<Vec<_>>().join(" "),
            Line::stroke(at)
        );
        for (of, value) in &line.points {
            let _ = write!(
                svg,
                "<circle cx=\"{}\" cy=\"{}\" r=\"4\" fill=\"{}\"><title>{}, {}: {}</title></circle>",
                x(*of),
                span.y(*value),
                COLOURS[at % COLOURS.len()],
                escaped(&line.name),
                escaped(&year(*of)),
                escaped(&shown(*value))
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::{BOTTOM, HEIGHT, Line, Span, TOP, lines};

    fn drawn(points: Vec<(u16, i64)>) -> String {
        let name = "target".to_owned();
        let of = [Line { name, points }];
        lines("levels", &of, |it| it.to_string(), |it| it.to_string())
    }

    #[test]
    fn lines_are_drawn_for_what_has_points_and_nothing_for_nothing() {
        let svg = drawn(vec![(2021, 100), (2030, -5)]);
        assert!(svg.contains("<polyline") && svg.contains("2021") && svg.contains("2030"));
        assert_eq!(drawn(Vec::new()), "");
        let huge = drawn(vec![(0, i64::MAX), (u16::MAX, i64::MIN)]);
        assert!(huge.ends_with("</svg>"));
    }

    #[test]
    fn what_is_below_zero_lies_below_it() {
        let span = Span::of([80, -30].into_iter());
        assert!(span.y(-30) > span.y(0) && span.y(0) > span.y(80));
        assert!(span.y(-30) <= HEIGHT - BOTTOM && span.y(80) >= TOP);
        let plain = Span::of([80, 40].into_iter());
        assert_eq!(plain.y(0), HEIGHT - BOTTOM);
        assert_eq!(plain.grid(), [0, 20, 40, 60, 80]);
        assert_eq!(span.grid(), [-40, -20, 0, 20, 40, 60, 80]);
        assert_eq!(Span::of([-5].into_iter()).grid(), [-6, -4, -2, 0]);
    }
}
