//! The memory in which hashes are computed.

use allocator_api2::vec::Vec;
use argon2::Block;
use hugealloc::HugeAlloc;
use zeroize::optimization_barrier;

/// Blocks in a huge page: whole ones are asked for, because the system gives no part of one.
const BLOCKS_IN_HUGE_PAGE: usize = 2_048;

/// Memory for one hash after the other, as much as the dearest of them took. It is wiped when it is dropped.
///
/// Getting memory in small pages takes half as long as the hash itself. So it is used again, and taken in huge pages
/// where the system has some (`madvise` or `always` in `/sys/kernel/mm/transparent_hugepage/enabled`).
pub struct Memory {
    blocks: Vec<Block, HugeAlloc>,
}

impl Memory {
    /// None yet.
    pub fn new() -> Self {
        Self { blocks: Vec::new_in(HugeAlloc) }
    }

    /// So many blocks, with anything in them; `None` if there is not that much memory.
    pub(super) fn blocks(&mut self, count: usize) -> Option<&mut [Block]> {
        if self.blocks.len() < count {
            // The smaller ones are given back before the larger are taken.
            *self = Self::new();
            self.blocks.try_reserve_exact(count.next_multiple_of(BLOCKS_IN_HUGE_PAGE)).ok()?;
            self.blocks.resize(count, Block::new());
        }
        self.blocks.get_mut(..count)
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.blocks.fill(Block::new());
        // Or the compiler would leave out what nobody reads.
        optimization_barrier(self.blocks.as_slice());
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::FileExt;

    use super::*;

    /// Fills memory for so many blocks, and gives it back; the address of a block in its middle.
    fn used(count: usize) -> usize {
        let mut memory = Memory::new();
        let blocks = memory.blocks(count).unwrap();
        for block in &mut *blocks {
            block.as_mut().fill(u64::MAX);
        }
        std::ptr::from_ref(&blocks[count / 2]).addr()
    }

    #[test]
    fn t6_the_memory_of_a_hash_is_wiped_before_it_is_given_back() {
        // After more was given back, the allocator keeps it: what was given to the system could not be read.
        used(16 * BLOCKS_IN_HUGE_PAGE / 2);
        let address = used(2 * BLOCKS_IN_HUGE_PAGE);
        let mut found = [1; Block::SIZE];
        let memory = File::open("/proc/self/mem").unwrap();
        memory.read_exact_at(&mut found, address.try_into().unwrap()).unwrap();
        assert_eq!(found, [0; Block::SIZE]);
    }

    #[test]
    fn memory_grows_to_what_the_dearest_takes() {
        let mut memory = Memory::new();
        for (asked, there) in [(8, 8), (4_096, 4_096), (8, 4_096)] {
            assert_eq!(memory.blocks(asked).map(|blocks| blocks.len()), Some(asked));
            assert_eq!(memory.blocks.len(), there);
        }
        assert!(memory.blocks(usize::MAX / 2 / Block::SIZE).is_none());
    }
}
