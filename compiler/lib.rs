#![doc = include_str!("README.md")]

/// Where text came from: files, spans, addresses, origins.
pub mod source;
/// What we tell the user when something is wrong.
pub mod diagnostic;
/// How YAML and HCL are read and spelled.
pub mod syntax;
/// The words of the trade, valid by construction.
pub mod domain;
/// Dated tables of facts about AWS, Kubernetes, Karpenter and Flux.
pub mod catalog;
/// What the user wrote.
pub mod spec;
/// What a component may ask, and what it may answer.
pub mod component;
/// What the user meant.
pub mod cluster;
/// What has to exist, in no particular dialect.
pub mod ir;
/// How meaning becomes things that exist.
pub mod lower;
/// Whether it can work.
pub mod check;
/// How those things are spelled for Terraform, for Flux and for people.
pub mod backend;
/// The whole journey in one function.
pub mod compile;
/// Every diagnostic, by code.
pub mod explain;
/// Every key of a spec, with its type, default and meaning.
pub mod reference;
/// The door: the only files that touch the disk, the terminal and the environment.
pub mod cli;
