import { graphql } from "../generated";

export const OrdersPage = graphql(`
  query OrdersPage($first: Int!, $after: String, $where: OrderWhere, $orderBy: [OrderOrderBy!]) {
    orders(first: $first, after: $after, where: $where, orderBy: $orderBy) {
      totalCount
      edges {
        cursor
        node {
          id
          number
          placedAt
          total
          status
          customer {
            id
            name
            country
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const TwoCountries = graphql(`
  query TwoCountries($one: String!, $other: String!) {
    one: customers(first: 3, where: { country: { eq: $one } }) {
      nodes {
        id
        name
        latest: orders(first: 1, orderBy: [{ placedAt: DESC }]) {
          nodes {
            id
            number
          }
        }
        oldest: orders(first: 1, orderBy: [{ placedAt: ASC }]) {
          nodes {
            id
            number
          }
        }
      }
    }
    other: customers(first: 3, where: { country: { eq: $other } }) {
      nodes {
        id
        name
      }
    }
  }
`);

export const AnyNode = graphql(`
  query AnyNode($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Customer {
        name
        email
      }
      ... on Product {
        title
        price
      }
    }
  }
`);

export const Revenue = graphql(`
  query Revenue($by: [OrderGroupBy!]!) {
    orders {
      groups(by: $by, orderBy: [{ sum: { total: DESC } }], first: 5) {
        key {
          customer {
            field {
              country
            }
          }
          date {
            placedAt
          }
        }
        aggregate {
          count
          sum {
            total
          }
        }
      }
    }
  }
`);
