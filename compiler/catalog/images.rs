//! Images of programs that the runbook starts for a moment.

/// The AWS command line, as its makers publish it (AWS CLI user guide, "Running the official images", August 2026).
pub const AWS_CLI: &str = "public.ecr.aws/aws-cli/aws-cli";
