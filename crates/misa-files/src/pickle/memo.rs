//! The memo: values that a pickle stores to refer to them again.

use super::PickleError;
use super::literal::{self, Integer};
use super::machine::Machine;

impl Machine<'_> {
    pub(super) fn get(&mut self) -> Result<(), PickleError> {
        let index = self.memo_index()?;
        let entry = usize::try_from(index)
            .ok()
            .and_then(|index| *self.memo.get(index)?);
        let id = entry.ok_or(PickleError::Memo {
            offset: self.offset,
            index,
        })?;
        self.push_id(id)
    }

    pub(super) fn put(&mut self) -> Result<(), PickleError> {
        let top = self.top()?;
        let index = match self.opcode {
            0x94 => self.memo.len() as u64,
            _ => self.memo_index()?,
        };
        // Writers count up, some from 1, and store no value twice.
        let most = self.nodes.len() as u64;
        if index > most {
            return Err(self.limit("memo index", most));
        }
        let index = index as usize;
        if index >= self.memo.len() {
            self.memo.resize(index + 1, None);
        }
        self.memo[index] = Some(top);
        Ok(())
    }

    fn memo_index(&mut self) -> Result<u64, PickleError> {
        match self.opcode {
            b'h' | b'q' => Ok(self.input.u8()?.into()),
            b'j' | b'r' => Ok(self.input.u32()?.into()),
            _ => match literal::decimal(&self.short_line()?) {
                Some(Integer::Exact(index)) => u64::try_from(index).ok(),
                _ => None,
            }
            .ok_or_else(|| self.literal("a memo index")),
        }
    }
}
