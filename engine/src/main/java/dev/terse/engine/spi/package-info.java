/**
 * What every engine begins with: argument checks, casts, tensors, arenas, the order of a cache's
 * calls. An engine subclasses it and adds its mathematics. Knows no machine.
 */
package dev.terse.engine.spi;
