/// The classic processes of JCSP and PyCSP, ready to be put together: [dev.parley.csp.component.Plumbing] moves elements,
/// [dev.parley.csp.component.Arithmetic] computes with them, [dev.parley.csp.component.Timing] delays them.
package dev.parley.csp.component;
