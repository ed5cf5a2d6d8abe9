//! What can be wrong with the address plan.

crate::diagnostic! {
    /// The zones are given by number in a region that does not have so many under the same letters in every
    /// account, or by names that are written twice or of another region.
    ///
    /// Subnets would be asked for in a zone that the account does not have, and the first apply fails half way.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: us-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { zones: 2 }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    ///
    /// Name the zones that your account has:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: us-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { zones: [ us-west-1a, us-west-1c ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    pub ZONES_DO_NOT_FIT = E0301: "the zones do not fit the region"
}

crate::diagnostic! {
    /// A tier of subnets states both a size and exact ranges, or neither.
    ///
    /// The compiler would have to guess which one is meant.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { tiers: { private: {}, public: { newbits: 8 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    ///
    /// Write `newbits`, or `cidrs` with one range for each zone:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { tiers: { private: { newbits: 4 }, public: { newbits: 8 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    pub TIER_WITHOUT_SIZE = E0302: "a tier of subnets needs either a size or exact ranges"
}

crate::diagnostic! {
    /// A tier names more or fewer ranges than there are zones.
    ///
    /// Each zone has one subnet of each tier; a zone without one would leave its nodes or load balancers out.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network:
    ///       zones: 3
    ///       tiers:
    ///         private: { cidrs: [ 10.0.0.0/20, 10.0.16.0/20 ] }
    ///         public: { newbits: 8 }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    ///
    /// Write as many ranges as there are zones, in the order of the zones:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network:
    ///       zones: 3
    ///       tiers:
    ///         private: { cidrs: [ 10.0.0.0/20, 10.0.16.0/20, 10.0.32.0/20 ] }
    ///         public: { newbits: 8 }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    pub RANGES_PER_ZONE = E0303: "a tier needs one range for each zone"
}

crate::diagnostic! {
    /// The tiers do not fit into the VPC's range.
    ///
    /// Terraform would plan it, and AWS would refuse the subnet.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { zones: 3, tiers: { private: { newbits: 1 }, public: { newbits: 8 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    ///
    /// More `newbits` make smaller subnets; a /16 with `newbits: 4` gives subnets of 4096 addresses:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { zones: 3, tiers: { private: { newbits: 4 }, public: { newbits: 8 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    pub SUBNETS_DO_NOT_FIT = E0304: "the subnets do not fit into the VPC"
}

crate::diagnostic! {
    /// A network needs a private tier for its nodes, and a public one for NAT gateways.
    ///
    /// Without the private one the nodes have no place, and a NAT gateway reaches the internet only from a public
    /// one.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { tiers: { private: { newbits: 4 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    ///
    /// Add the public tier, or write `nat: none` if the nodes need no way to the internet:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { tiers: { private: { newbits: 4 }, public: { newbits: 8 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    pub TIER_MISSING = E0305: "a tier of subnets is missing"
}
