//! Logs of the control plane (EKS API model, August 2026).

use crate::domain::choices;

choices! {
    /// A log that the control plane can send to CloudWatch.
    LogType {
        /// Requests to the API server.
        Api = "api",
        /// Who did what, when.
        Audit = "audit",
        /// How IAM principals were recognised.
        Authenticator = "authenticator",
        /// The controllers of Kubernetes itself.
        ControllerManager = "controllerManager",
        /// Where pods were placed.
        Scheduler = "scheduler",
    }
}
