/// A suite that proves channels: many schedules of small programs, each history explained by a sequential specification or reported.
/// Works on Parley's channels and on any other for which you implement one [dev.parley.csp.testing.ChannelProvider].
package dev.parley.csp.testing;
