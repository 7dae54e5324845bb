/** What tightens a run while its held-out accuracy stays, and loosens it when it does not. */
package dev.terse.trainer.grpo.guard;
