import { graphql } from "relay-runtime";

/** A list that loads more of itself: what usePaginationFragment takes. */
export const customerList = graphql`
  fragment Customers_list on Query
  @refetchable(queryName: "CustomersNextPage")
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 10 }
    cursor: { type: "String" }
    where: { type: "CustomerWhere" }
    orderBy: { type: "[CustomerOrderBy!]" }
  ) {
    customers(first: $count, after: $cursor, where: $where, orderBy: $orderBy)
      @connection(key: "Customers_list_customers") {
      edges {
        node {
          id
          name
          ...Customers_orders
        }
      }
    }
  }
`;

/** A list inside a node, refetched by the node's id. */
export const customerOrders = graphql`
  fragment Customers_orders on Customer
  @refetchable(queryName: "CustomerOrdersNextPage")
  @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" }) {
    orders(first: $count, after: $cursor) @connection(key: "Customers_orders_orders") {
      edges {
        node {
          id
          number
          total
        }
      }
    }
  }
`;

export const customersQuery = graphql`
  query CustomersQuery($orderBy: [CustomerOrderBy!]) {
    ...Customers_list @arguments(count: 20, orderBy: $orderBy)
  }
`;
