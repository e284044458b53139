//! What a model gets instead of missing frames.

use crate::UtteranceBatch;
use crate::frames::FrameMask;
use burn::prelude::*;
use misa_core::TextInput;
use misa_terms::{PerModality, Vocabulary};

impl UtteranceBatch {
    /// The batch without the steps that are not kept; `masks` have a row for each of its rows.
    ///
    /// A missing word is [`Vocabulary::UNKNOWN`], a missing token of BERT `unknown_token`, its `[UNK]`; a
    /// missing row of features, also of precomputed text, is zeros. Lengths stay, and the model is not
    /// told which steps are missing.
    ///
    /// - Source: TFR-Net, LNLN.
    /// - Differs: rows become zeros as the model reads them, which is after scaling; the published code
    ///   sets rows of the file to 0. Values that are NaN or infinite are replaced by 0, and counted, when
    ///   data are read, and a missing row is 0 in any case; the published code replaces minus infinity
    ///   in acoustic features alone, and makes NaN of other ones that are missing.
    ///
    /// # Panics
    ///
    /// Panics if the masks do not fit the batch, or the text is tokens and there is no `unknown_token`.
    #[must_use]
    pub fn without_frames(
        mut self,
        masks: &PerModality<FrameMask>,
        unknown_token: Option<u32>,
    ) -> Self {
        let input = &mut self.input;
        let lengths = input.lengths.as_ref().zip(masks.as_ref()).into_array();
        for (lengths, mask) in lengths {
            let steps: Vec<usize> = mask.rows().iter().map(Vec::len).collect();
            assert_eq!(*lengths, steps, "steps of the masks");
        }
        input.text = match input.text.clone() {
            TextInput::Words(ids) => {
                TextInput::Words(replace(ids, &masks.text, Vocabulary::UNKNOWN))
            }
            TextInput::Tokens(ids) => {
                let unknown = unknown_token.expect("tokens have an unknown one");
                TextInput::Tokens(replace(ids, &masks.text, unknown))
            }
            TextInput::Features(rows) => TextInput::Features(blank(rows, &masks.text)),
            _ => panic!("the text of a batch is as the batcher made it"),
        };
        input.visual = blank(input.visual.clone(), &masks.visual);
        input.acoustic = blank(input.acoustic.clone(), &masks.acoustic);
        self
    }
}

/// `ids`, `[batch, steps]`, with `unknown` at missing steps.
fn replace(ids: Tensor<2, Int>, mask: &FrameMask, unknown: u32) -> Tensor<2, Int> {
    let [_, steps] = ids.dims();
    let missing = missing(mask, steps, &ids.device());
    ids.mask_fill(missing, unknown as i64)
}

/// `rows`, `[batch, steps, d_input]`, with zeros at missing steps, even where they are NaN.
fn blank(rows: Tensor<3>, mask: &FrameMask) -> Tensor<3> {
    let [batch, steps, d_input] = rows.dims();
    let missing = missing(mask, steps, &rows.device()).reshape([batch, steps, 1]);
    rows.mask_fill(missing.expand([batch, steps, d_input]), 0.0)
}

/// True at missing steps, `[batch, steps]`; padding is not missing.
fn missing(mask: &FrameMask, steps: usize, device: &Device) -> Tensor<2, Bool> {
    let mut flags = vec![0.0_f32; mask.rows().len() * steps];
    for (flags, kept) in flags.chunks_mut(steps.max(1)).zip(mask.rows()) {
        for (flag, &kept) in flags.iter_mut().zip(kept) {
            *flag = f32::from(u8::from(!kept));
        }
    }
    let shape = [mask.rows().len(), steps];
    Tensor::<2>::from_data(TensorData::new(flags, shape), device).equal_scalar(1.0)
}
