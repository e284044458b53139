//! Additions for files of PyTorch: values outside the pickle, tensors, and default factories of any
//! name.

use super::PickleError;
use super::global::Global;
use super::machine::Machine;
use super::node::{Node, NodeId};
use crate::dtype::Dtype;

impl Global {
    /// The names that only files of PyTorch may use.
    pub(super) fn find_torch(module: &str, name: &str) -> Option<Self> {
        Some(match (module, name) {
            ("torch._utils", "_rebuild_tensor" | "_rebuild_tensor_v2") => Self::Tensor,
            ("torch._utils", "_rebuild_parameter") => Self::Parameter,
            ("torch.nn.parameter", "Parameter") => Self::Parameter,
            ("torch", "BFloat16Storage") => Self::Storage(Dtype::BF16),
            ("torch" | "torch.storage", name) => Self::Storage(Dtype::parse(match name {
                "DoubleStorage" => "f8",
                "FloatStorage" => "f4",
                "HalfStorage" => "f2",
                "LongStorage" => "i8",
                "IntStorage" => "i4",
                "ShortStorage" => "i2",
                "CharStorage" => "i1",
                "ByteStorage" => "u1",
                "BoolStorage" => "b1",
                _ => return None,
            })?),
            _ => return None,
        })
    }
}

impl Machine<'_> {
    /// A reference to a value outside the pickle.
    pub(super) fn persistent(&mut self) -> Result<(), PickleError> {
        if self.opcode == b'P' {
            let id = self.short_line()?;
            let id = String::from_utf8(id).map_err(|_| self.literal("a persistent id"))?;
            self.push(Node::text(id))?;
        }
        let id = self.pop()?;
        self.push(Node::Persistent(id))
    }

    /// The result of calling a name of PyTorch: the name with its arguments. `None` for other names.
    pub(super) fn torch_call(
        &self,
        global: Global,
        arguments: NodeId,
    ) -> Result<Option<Node>, PickleError> {
        let allowed = match global {
            Global::Tensor => 4..=7,
            Global::Parameter => 1..=3,
            _ => return Ok(None),
        };
        let items = self.node(arguments).items().unwrap_or_default();
        if !allowed.contains(&items.len()) {
            return Err(self.wrong_stack("the arguments of its global", "others"));
        }
        Ok(Some(Node::Call(global, arguments)))
    }

    /// Accepts an unknown name as a default factory, which is never called. From now on it is a label
    /// like any other. Outside PyTorch's files, unknown names may stand anywhere.
    pub(super) fn take_factory(&mut self, factory: NodeId) {
        if self.torch && matches!(self.node(factory), Node::Unknown(_)) {
            self.unknown -= 1;
            self.replace(factory, Node::Global(Global::Factory));
        }
    }

    /// Fails if a name outside the list was used for anything but a default factory.
    pub(super) fn check_unknown(&self) -> Result<(), PickleError> {
        if self.unknown == 0 || !self.torch {
            return Ok(());
        }
        let mut nodes = self.nodes.iter();
        nodes.try_for_each(|node| match node {
            Node::Unknown(unknown) => Err(unknown.refused()),
            _ => Ok(()),
        })
    }
}
