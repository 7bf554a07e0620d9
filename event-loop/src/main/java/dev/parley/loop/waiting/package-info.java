/// The seam through which Parley's own modules wait; exported to them alone.
package dev.parley.loop.waiting;
