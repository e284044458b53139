//! Attention weights between representations.

use crate::chart::heat::{Cell, Heat};
use crate::draw::scale::is_drawable;
use crate::draw::text::{fixed, left_out};
use crate::figure::{Figure, Part};
use crate::record::Attention;
use crate::table::{Table, number};

/// Attention weights as a heat map with numbers.
pub(crate) fn attention(given: &Attention) -> Figure {
    let drawable = |weight: &&f64| is_drawable(**weight);
    let largest = given
        .weights
        .iter()
        .filter(drawable)
        .copied()
        .fold(0.0, f64::max);
    let missing = given.weights.len() - given.weights.iter().filter(drawable).count();
    let cell = |weight: &f64| Cell {
        share: if is_drawable(*weight) && largest > 0.0 {
            weight / largest
        } else {
            0.0
        },
        number: fixed(*weight, 2),
        remark: String::new(),
    };
    let heat = Heat {
        names: &given.tokens,
        row_label: "query",
        column_label: "key",
        cells: given.weights.iter().map(cell).collect(),
    };
    let caption = format!(
        "How much each representation (row) takes from each of the others (column). Mean over heads and the utterances of the {} split. Each row is one query and sums to 1; \
         the darkest cell is {}.{}",
        given.split,
        fixed(largest, 3),
        left_out(missing, "weight")
    );
    Figure {
        name: "attention".to_string(),
        title: "Attention between representations".to_string(),
        caption,
        data: data(given),
        part: Part::Attention,
        drawing: heat.draw(),
    }
}

fn data(given: &Attention) -> String {
    let mut header = vec!["query".to_string()];
    header.extend(given.tokens.iter().cloned());
    let mut table = Table::new(&header);
    for (token, weights) in given
        .tokens
        .iter()
        .zip(given.weights.chunks(given.tokens.len()))
    {
        let mut row = vec![token.clone()];
        row.extend(
            weights
                .iter()
                .map(|weight| number(Some(*weight).filter(|w| w.is_finite()))),
        );
        table.row(&row);
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_weights_and_counts_missing_ones() {
        let given = Attention {
            split: "test".into(),
            tokens: ["a", "b"].map(String::from).to_vec(),
            weights: vec![0.25, 0.75, f64::NAN, 0.5],
        };
        let figure = attention(&given);
        assert_eq!(figure.data, "query,a,b\na,0.25,0.75\nb,,0.5\n");
        assert!(
            figure
                .caption
                .ends_with("is 0.750. Left out as not finite: 1 weight.")
        );
        assert!(figure.svg().contains(">0.75</text>"));
    }
}
